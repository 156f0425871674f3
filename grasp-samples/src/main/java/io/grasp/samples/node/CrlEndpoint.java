package io.grasp.samples.node;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The HTTP endpoint from which nodes fetch the revocation list of a test authority. */
public final class CrlEndpoint implements AutoCloseable {
    private static final String PATH = "/authority.crl";
    private static final String TYPE = "application/pkix-crl";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpEndpoint server;

    private CrlEndpoint(HttpEndpoint server) {
        this.server = server;
    }

    /**
     * Opens it.
     *
     * @param place the address; an empty host means the loopback address, port 0 any free port
     * @param crl the file with the list, which is read for each request
     * @throws IllegalStateException if it cannot be opened there
     */
    public static CrlEndpoint open(InetSocketAddress place, Path crl) {
        return open(place, () -> Files.readAllBytes(crl));
    }

    /**
     * Opens it.
     *
     * @param place the address; an empty host means the loopback address, port 0 any free port
     * @param crl supplies the list in DER for each request; it may block
     * @throws IllegalStateException if it cannot be opened there
     */
    public static CrlEndpoint open(InetSocketAddress place, Callable<byte[]> crl) {
        Mono<byte[]> content = Mono.fromCallable(crl).subscribeOn(Schedulers.boundedElastic());
        return new CrlEndpoint(
                HttpEndpoint.open("grasp-crl", "the revocation list", place, PATIENCE, PATH, TYPE, () -> content));
    }

    /** {@return the address of the list, with the actual port} */
    public String url() {
        return server.url();
    }

    @Override
    public void close() {
        server.close();
    }
}
