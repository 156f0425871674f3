package io.grasp.samples.control.client;

import io.grasp.samples.node.CommandOptions;
import io.grasp.samples.node.NetworkOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options of a command that can use the node of a daemon instead of one of its own. */
public final class ViaOptions extends CommandOptions {
    /** The environment of the process; tests replace it. */
    public Map<String, String> environment = System.getenv();

    @Option(
            names = "--via",
            paramLabel = "PATH",
            description = "Use the running node whose control socket is there. Default: the daemon's node if it runs"
                    + " and no option for a node is given; otherwise the command starts its own.")
    private @Nullable Path via;

    @Option(names = "--no-via", description = "Start a node for this command, even if a daemon runs.")
    private boolean off;

    public ViaOptions() {}

    /** {@return the option that the user has given to choose another node, {@code null} if there is none} */
    public @Nullable String given() {
        return via != null ? "--via" : off ? "--no-via" : null;
    }

    /**
     * {@return the running node that the command is to use, which the caller closes; {@code null} if it needs its own}
     *
     * @param network the options of its own node
     */
    public @Nullable RemoteNode node(NetworkOptions network) {
        String own = given(NetworkOptions::describesNode).findFirst().orElse(null);
        if (via != null) {
            if (off) {
                throw wrong("--via excludes --no-via");
            }
            if (own != null) {
                throw withoutEffect(own, "--via excludes " + own + ", which is for a node of this command");
            }
            return used(ControlClient.open(via, environment), network);
        }
        ControlClient daemon = off || own != null ? null : ControlClient.ofDaemon(environment);
        return daemon == null ? null : used(daemon, network);
    }

    private RemoteNode used(ControlClient client, NetworkOptions network) {
        network.output().status("Using the node at " + client.path());
        String log = given(NetworkOptions::describesLog).collect(Collectors.joining(" and "));
        if (!log.isEmpty()) {
            network.warn(log + ": no effect on that node; 'grasp control log' changes what it logs, and --no-via"
                    + " starts a node for this command");
        }
        return new RemoteNode(client, this::wrong);
    }

    private Stream<String> given(Predicate<OptionSpec> kind) {
        return spec().commandLine().getParseResult().matchedOptions().stream()
                .filter(kind)
                .map(OptionSpec::longestName);
    }
}
