package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.samples.console.ConsoleServer;
import io.grasp.samples.console.ConsoleSettings;
import io.grasp.samples.console.ConsoleToken;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.control.ControlServer;
import io.grasp.samples.control.ServedNode;
import io.grasp.samples.node.CommandOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.HostPort;
import io.grasp.samples.text.Output;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The options that serve the console. */
final class ConsoleOptions extends CommandOptions {
    @Option(
            names = "--console",
            paramLabel = "[HOST:]PORT",
            converter = HostPort.class,
            description = "Serve the console there, a page for a browser that shows the node live; 0 is any free port."
                    + " Without HOST only this host can open it.")
    private @Nullable InetSocketAddress place;

    @Option(
            names = "--console-token-file",
            paramLabel = "FILE",
            description = "The console asks for the token in the first line of this file; - prompts for it.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--console-tls",
            description = "Serve the console by HTTPS with the node's certificate, and to clients that show one of the"
                    + " same domain.")
    private boolean tls;

    private @Nullable ConsoleToken token;

    ConsoleOptions() {}

    /**
     * Reads the token, and checks that the console is not open to users of other hosts.
     *
     * @throws ParameterException if that is not so; the message says what to do
     */
    void check(NetworkOptions network, ControlOptions control) {
        if (place == null) {
            if (tokenFile != null || tls) {
                throw wrong((tls ? "--console-tls" : "--console-token-file") + " has no effect without --console");
            }
            return;
        }
        if (tls && !network.hasCertificate()) {
            throw wrong("--console-tls needs a certificate: --identity with --neighbor, --bind, --find-neighbors or"
                    + " --acp-interface");
        }
        if (tokenFile != null) {
            token = token(tokenFile);
        }
        if (token == null && !tls && !isLoopback(place.getHostString())) {
            throw wrong("--console " + HostPort.text(place) + " is open to other hosts: pass --console-token-file, or"
                    + " --console-tls with a certificate; or omit the host and forward the port, as by ssh -L");
        }
        if (control.isOff()) {
            throw wrong("--console excludes --no-control: its page uses the control API");
        }
    }

    private ConsoleToken token(Path file) {
        char[] text = password("--console-token-file", file);
        try {
            return ConsoleToken.of(text);
        } catch (IllegalArgumentException e) {
            throw wrong("--console-token-file: " + e.getMessage());
        } finally {
            Arrays.fill(text, '\0');
        }
    }

    private boolean isLoopback(String host) {
        try {
            return host.isEmpty() || InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw wrong("--console: there is no host " + host);
        }
    }

    /** {@return the work, with the console of a node open as long as it lasts} */
    <T> Mono<T> with(Grasp grasp, ServedNode served, NetworkOptions network, Mono<T> work) {
        InetSocketAddress at = place;
        ControlServer control = served.server();
        if (at == null || control == null) {
            return work;
        }
        ConsoleSettings settings = new ConsoleSettings(at, token, tls ? network.identity() : null);
        return Mono.usingWhen(
                Mono.fromCallable(() -> open(settings, grasp, control, network.output()))
                        .subscribeOn(Schedulers.boundedElastic()),
                server -> work,
                server -> Mono.fromRunnable(server::close).subscribeOn(Schedulers.boundedElastic()));
    }

    private static ConsoleServer open(ConsoleSettings settings, Grasp grasp, ControlServer control, Output output) {
        ConsoleServer server = ConsoleServer.open(settings, grasp, control);
        output.record(new Opened("console", server.url()));
        output.status("Console at " + server.url());
        return server;
    }

    private record Opened(String event, String url) {}
}
