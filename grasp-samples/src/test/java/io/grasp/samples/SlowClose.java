package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NodeRunner;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import reactor.core.publisher.Mono;

/** A daemon whose node does not close: its loop is blocked. */
final class SlowClose implements NodeRunner {
    private static final long LONG_NANOS = Duration.ofMinutes(1).toNanos();

    private final NodeRunner real = new NetworkOptions().nodes;

    private SlowClose() {}

    public static void main(String[] args) {
        CommandLine commands = Main.commandLine();
        ((NetworkOptions) commands.getSubcommands().get("daemon").getMixins().values().stream()
                        .filter(NetworkOptions.class::isInstance)
                        .findFirst()
                        .orElseThrow())
                .nodes = new SlowClose();
        Main.run(commands, "daemon", "--link", "lo", "--assume-secure", "--json");
    }

    @Override
    public <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
        return real.use(config, grasp -> {
            grasp.scheduler().schedule(() -> LockSupport.parkNanos(LONG_NANOS));
            return work.apply(grasp);
        });
    }
}
