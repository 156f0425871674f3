package io.grasp.samples.node;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grasp.samples.text.Failures;
import io.grasp.samples.text.HostPort;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * An HTTP server of one document, with an event loop of its own. It has 64 connections; beyond that, of the link with
 * the most, the client with the most of them loses its oldest one.
 */
final class HttpEndpoint implements AutoCloseable {
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);
    private static final int MAX_CONNECTIONS = 64;

    private final String path;
    private final String contentType;
    private final Supplier<Mono<byte[]>> document;
    private final LoopResources loop;
    private final ConnectionBound bound = new ConnectionBound(MAX_CONNECTIONS, new Neighborhood());
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final DisposableServer server;

    private HttpEndpoint(
            String threads,
            InetSocketAddress address,
            Duration patience,
            String path,
            String contentType,
            Supplier<Mono<byte[]>> document) {
        this.path = path;
        this.contentType = contentType;
        this.document = document;
        loop = LoopResources.create(threads, 1, true);
        try {
            server = HttpServer.create()
                    .bindAddress(() -> address)
                    .runOn(loop, false) // its errors have the same texts on all platforms
                    .channelGroup(connections)
                    .doOnChannelInit((events, channel, unknown) -> {
                        channel.pipeline().addFirst(new WriteTimeoutHandler(patience.toMillis(), MILLISECONDS));
                        bound.add(channel, channel.remoteAddress());
                    })
                    .idleTimeout(patience)
                    .requestTimeout(patience)
                    .handle(this::answer)
                    .bindNow();
        } catch (RuntimeException e) {
            release();
            throw e;
        }
    }

    /**
     * Opens it.
     *
     * @param threads the name of its thread
     * @param what what it serves, for errors
     * @param place the address; an empty host means the loopback address, port 0 any free port
     * @param patience the maximum time that a client may take to send a request or to read the response
     * @param path the path of the document
     * @param contentType its type
     * @param document its content; the supplier is called on the loop
     * @throws IllegalStateException if it cannot be opened there
     */
    static HttpEndpoint open(
            String threads,
            String what,
            InetSocketAddress place,
            Duration patience,
            String path,
            String contentType,
            Supplier<Mono<byte[]>> document) {
        try {
            InetSocketAddress address = new InetSocketAddress(address(place.getHostString()), place.getPort());
            return new HttpEndpoint(threads, address, patience, path, contentType, document);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Cannot serve " + what + ": there is no host " + place.getHostString(), e);
        } catch (ChannelBindException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "Cannot serve " + what + " at " + HostPort.text(place) + ": " + Failures.oneLine(reason), e);
        }
    }

    private static InetAddress address(String host) throws UnknownHostException {
        return host.isEmpty() ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
    }

    /** {@return its address, with the actual port} */
    String url() {
        return "http://" + HostPort.text((InetSocketAddress) server.address()) + path;
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        if (!request.fullPath().equals(path)) {
            return response.sendNotFound();
        }
        return switch (request.method().name()) {
            case "GET" -> response.header("Content-Type", contentType).sendByteArray(document.get());
            case "HEAD" -> response.header("Content-Type", contentType).send();
            default -> response.status(405).header("Allow", "GET, HEAD").send();
        };
    }

    /** Frees the port. Responses that are not complete are cut off. */
    @Override
    public void close() {
        connections.close().syncUninterruptibly();
        server.disposeNow();
        release();
    }

    private void release() {
        loop.disposeLater(Duration.ZERO, LONGEST_CLOSE).block();
    }
}
