package io.grasp.samples;

import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.transfer.TransferLimits;
import picocli.CommandLine.Option;

/** The limits of transfers. */
final class TransferOptions {
    @Option(
            names = "--max-size",
            paramLabel = "BYTES",
            description = "The maximum length of a file. Default: ${DEFAULT-VALUE}, 4 GiB.")
    private long maxBytes = TransferLimits.DEFAULTS.maxBytes();

    @Option(
            names = "--rate",
            paramLabel = "BYTES",
            description = "Maximum bytes per second of all transfers together, at least 16384. Default: no limit.")
    private long bytesPerSecond = TransferLimits.UNLIMITED;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "The maximum number of transfers at one time. Default: ${DEFAULT-VALUE}.")
    private int atOnce = TransferLimits.DEFAULTS.atOnce();

    @Option(
            names = "--time-limit",
            paramLabel = "MS",
            description = "Milliseconds that one transfer may take. Default: ${DEFAULT-VALUE}, an hour.")
    private long longestMillis = TransferLimits.DEFAULTS.longest().toMillis();

    @Option(
            names = "--stall",
            paramLabel = "MS",
            description = "Milliseconds without progress after which a transfer fails. Default: ${DEFAULT-VALUE}.")
    private long stallMillis = TransferLimits.DEFAULTS.stall().toMillis();

    TransferOptions() {}

    TransferLimits limits(NetworkOptions network) {
        if (maxBytes < 0) {
            throw network.wrong("--max-size must be at least 0");
        }
        if (bytesPerSecond < TransferLimits.LEAST_RATE) {
            throw network.wrong("--rate must be at least " + TransferLimits.LEAST_RATE);
        }
        if (atOnce < 1) {
            throw network.wrong("--at-once must be at least 1");
        }
        return TransferLimits.DEFAULTS
                .withMaxBytes(maxBytes)
                .withBytesPerSecond(bytesPerSecond)
                .withAtOnce(atOnce)
                .withLongest(network.millis("--time-limit", longestMillis, 1))
                .withStall(network.millis("--stall", stallMillis, 1));
    }
}
