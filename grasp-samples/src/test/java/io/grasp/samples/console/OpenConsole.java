package io.grasp.samples.console;

import io.grasp.api.Grasp;
import io.grasp.samples.control.ControlServer;
import io.grasp.samples.node.LogLevels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The console of a node, and the control API that it shows. */
final class OpenConsole implements AutoCloseable {
    private final ControlServer control;
    private final ConsoleServer console;

    private OpenConsole(ControlServer control, ConsoleServer console) {
        this.control = control;
        this.console = console;
    }

    static OpenConsole of(Grasp grasp, @Nullable ConsoleToken token) {
        return of(grasp, new ConsoleSettings(InetSocketAddress.createUnresolved("", 0), token, null));
    }

    static OpenConsole of(Grasp grasp, ConsoleSettings settings) {
        return of(grasp, settings, Duration.ofMinutes(1));
    }

    /** Opens it, with the time in which a page must confirm its stream of events. */
    static OpenConsole of(Grasp grasp, ConsoleSettings settings, Duration confirmation) {
        try {
            Path directory = Files.createTempDirectory("grasp-console");
            ControlServer control = ControlServer.open(
                    directory.resolve("control"), new LogLevels(LogLevels.Verbosity.OFF, false), () -> {});
            control.routes().serve(grasp);
            try {
                return new OpenConsole(control, ConsoleServer.open(settings, grasp, control, confirmation));
            } catch (IllegalStateException e) {
                control.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return console.url();
    }

    /** {@return the socket of the control API} */
    Path socket() {
        return control.path();
    }

    @Override
    public void close() {
        console.close();
        Path directory = control.path().getParent();
        control.close();
        try {
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
