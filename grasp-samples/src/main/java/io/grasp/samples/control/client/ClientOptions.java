package io.grasp.samples.control.client;

import io.grasp.samples.control.ControlPlaces;
import io.grasp.samples.node.CommandOptions;
import io.grasp.samples.node.OutputOptions;
import io.grasp.samples.text.Output;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of each command that looks into a running node. */
public final class ClientOptions extends CommandOptions {
    /** The environment of the process; tests replace it. */
    public Map<String, String> environment = System.getenv();

    @Option(
            names = "--via",
            paramLabel = "PATH",
            description = "The control socket of the node. Default: that of the daemon; if none runs, that of the only"
                    + " other command that serves one.")
    private @Nullable Path via;

    @Mixin
    private OutputOptions output = new OutputOptions();

    public ClientOptions() {}

    Output output() {
        return output.output();
    }

    /** Runs a command. A value that the node refuses is wrong usage. */
    int with(BiConsumer<ControlClient, Output> command) {
        try (ControlClient client = ControlClient.open(via, environment)) {
            if (via == null && !client.path().endsWith(ControlPlaces.DAEMON)) {
                output().status("Using the node at " + client.path());
            }
            command.accept(client, output());
            return 0;
        } catch (ControlException e) {
            if (e.isWrongParameter()) {
                throw wrong(e.getMessage());
            }
            throw e;
        }
    }
}
