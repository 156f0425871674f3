package io.grasp.samples.control;

import io.grasp.samples.node.CommandOptions;
import io.grasp.samples.node.NetworkOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import reactor.core.publisher.Sinks;

/** The options for the control API of a command that runs for long. */
public final class ControlOptions extends CommandOptions {
    private static final String DAEMON = "daemon";

    @Option(
            names = "--control",
            paramLabel = "PATH",
            description = "Serve the control API on a Unix domain socket there, which only the user can connect to."
                    + " Default: for daemon control.sock in $RUNTIME_DIRECTORY, or grasp/control.sock in"
                    + " $XDG_RUNTIME_DIR, without them /run/grasp/control.sock for root and grasp-UID/control.sock in"
                    + " /tmp for others; for another command its name and process ID instead of 'control'.")
    private @Nullable Path path;

    @Option(names = "--no-control", description = "Do not serve the control API.")
    private boolean off;

    /** The environment of the process; tests replace it. */
    public Map<String, String> environment = System.getenv();

    public ControlOptions() {}

    /** {@return the option that is given, {@code null} if there is none} */
    public @Nullable String given() {
        return path != null ? "--control" : off ? "--no-control" : null;
    }

    /** {@return whether the user wants no control API} */
    public boolean isOff() {
        return off;
    }

    /**
     * Runs a command while its control API is served. If that is not possible, a daemon, or a command whose user has
     * named the path, does not start; others only warn.
     *
     * @param network the options of its node
     * @param command runs it
     * @return what it returns
     */
    public <T> T serving(NetworkOptions network, Function<ServedNode, T> command) {
        if (off && path != null) {
            throw wrong("--control excludes --no-control");
        }
        if (off || network.isChecking()) {
            return command.apply(new ServedNode(null, Sinks.empty()));
        }
        Sinks.Empty<Void> stop = Sinks.empty();
        try (ControlServer server = open(network, stop)) {
            return command.apply(new ServedNode(server, stop));
        }
    }

    private @Nullable ControlServer open(NetworkOptions network, Sinks.Empty<Void> stop) {
        if (!ControlPlaces.areProtected()) {
            if (path != null) {
                throw wrong("--control: this system has no file permissions that would protect the socket");
            }
            return null;
        }
        String name = spec().name();
        boolean isDaemon = name.equals(DAEMON);
        Path place = path;
        if (place == null) {
            place = isDaemon
                    ? ControlPlaces.daemon(environment)
                    : ControlPlaces.of(
                            environment, name, ProcessHandle.current().pid());
        }
        try {
            return ControlServer.open(place, network.logLevels(), stop::tryEmitEmpty);
        } catch (IllegalStateException e) {
            if (isDaemon || path != null) {
                throw new IllegalStateException(
                        e.getMessage() + "; --control PATH names another place, --no-control does without", e);
            }
            network.warn(String.valueOf(e.getMessage()));
            return null;
        }
    }
}
