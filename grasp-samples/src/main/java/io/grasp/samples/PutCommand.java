package io.grasp.samples;

import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.LineLimit;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Output;
import io.grasp.samples.transfer.FileServer;
import io.grasp.samples.transfer.ServedDirectory;
import io.grasp.samples.transfer.ServedTransfer;
import io.grasp.samples.transfer.TransferLimits;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reactor.core.scheduler.Schedulers;

/** Serves the files of a directory. */
@Command(
        name = "put",
        description = {
            "Serves the files of a directory to 'grasp get' and to graspy's getter.py, until it is stopped.",
            "Peers may read each regular file in it and in the directories below it, whose name does not begin with a"
                    + " dot; symbolic links are not followed. In a minute it prints up to 1000 transfers, and 100 of"
                    + " each peer; the number of the others is printed later."
        })
final class PutCommand implements Callable<Integer> {
    private static final int MAX_LINES_OF_PEER = 100;
    private static final int MAX_LINES = 1000;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Mixin
    private TransferOptions transfers = new TransferOptions();

    @Parameters(paramLabel = "DIR", description = "The directory.")
    private Path directory = Path.of("");

    PutCommand() {}

    @Override
    public Integer call() {
        TransferLimits limits = transfers.limits(network);
        ServedDirectory served = network.read("DIR", directory, () -> ServedDirectory.of(directory));
        Output output = network.output();
        LineLimit lines = new LineLimit(System::nanoTime, MAX_LINES_OF_PEER, MAX_LINES);
        return control.serving(network, node -> {
            network.withNode(node.with(grasp -> new FileServer(
                            served,
                            limits,
                            grasp.scheduler(),
                            Schedulers.boundedElastic(),
                            ended -> print(ended, output, lines))
                    .run(grasp, () -> output.ready("put", "Serving the files of " + served))));
            return 0;
        });
    }

    private static void print(ServedTransfer ended, Output output, LineLimit lines) {
        boolean permitted = lines.permits(
                ended.peer(), count -> output.result(new Omitted("omitted", count), "Transfers not printed: " + count));
        if (permitted) {
            output.result(Sent.of(ended), ended.describe());
        }
    }

    private record Omitted(String event, long transfers) {}

    /** A line of output. */
    private record Sent(
            String event,
            String peer,
            String name,
            long bytes,
            @Nullable String reason) {
        static Sent of(ServedTransfer ended) {
            return new Sent(
                    ended.failure().isEmpty() ? "sent" : "failed",
                    ended.peer(),
                    ended.name(),
                    ended.bytes(),
                    ended.failure().orElse(null));
        }
    }
}
