package io.grasp.samples.control.client;

import io.grasp.samples.node.CommandOptions;
import io.grasp.samples.text.PeerAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which events are printed, and for how long. */
final class WatchOptions extends CommandOptions {
    private static final long MOST_MILLIS = 0xFFFF_FFFFL;

    @Option(names = "--objective", paramLabel = "NAME", description = "Only what is about this objective.")
    private @Nullable String objective;

    @Option(
            names = "--peer",
            paramLabel = "ADDRESS",
            converter = PeerAddress.class,
            description = "Only what comes from this peer or goes to it.")
    private @Nullable InetAddress peer;

    @Option(names = "--count", paramLabel = "N", description = "End after this many events. Default: no end.")
    private @Nullable Long count;

    @Option(names = "--timeout", paramLabel = "MS", description = "End after this time. Default: no end.")
    private @Nullable Long timeoutMillis;

    WatchOptions() {}

    Watch watch(EventKind kind, List<String> types) {
        if (objective != null && !kind.isByObjective()) {
            throw withoutEffect("--objective", "--objective has no effect on " + kind.id());
        }
        if (peer != null && !kind.isByPeer()) {
            throw withoutEffect("--peer", "--peer has no effect on " + kind.id());
        }
        if (count != null && count < 1) {
            throw wrong("--count must be above 0");
        }
        if (timeoutMillis != null && (timeoutMillis < 1 || timeoutMillis > MOST_MILLIS)) {
            throw wrong("--timeout must be 1 to " + MOST_MILLIS);
        }
        return new Watch(
                kind, objective, peer, types, count, timeoutMillis == null ? null : Duration.ofMillis(timeoutMillis));
    }
}
