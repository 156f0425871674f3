package io.grasp.samples.control.client;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the messages of a running node. */
@Command(
        name = "trace",
        description = {
            "Prints the messages of a running node in CBOR diagnostic notation, as its option --trace does: => is a"
                    + " multicast sent, -> another message sent, <= and <- were received.",
            "Messages that do not name their objective, such as M_WAIT and M_END, match --objective if the trace has"
                    + " seen the request of their session. It fails when the daemon ends."
        })
public final class TraceCommand implements Callable<Integer> {
    @Mixin
    private ClientOptions options = new ClientOptions();

    @Mixin
    private WatchOptions which = new WatchOptions();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Only messages of this type, such as M_FLOOD or flood; may be repeated.")
    private List<String> types = List.of();

    TraceCommand() {}

    @Override
    public Integer call() {
        Watch watch = which.watch(EventKind.TRACE, types);
        return options.with((client, output) -> watch.run("trace", client, output));
    }
}
