package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NodeRunner;
import io.grasp.substrate.netty.NettyConfig;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A command whose node runs out of memory: its argument says whether the loop or another thread takes all there is. */
final class FullMemory implements NodeRunner {
    private final NodeRunner real = new NetworkOptions().nodes;
    private final boolean byLoop;
    private @Nullable Object kept;

    private FullMemory(boolean byLoop) {
        this.byLoop = byLoop;
    }

    public static void main(String[] args) {
        CommandLine commands = Main.commandLine();
        NodeRunner full = new FullMemory(args[0].equals("loop"));
        CommandLine daemon = commands.getSubcommands().get("daemon");
        ((NetworkOptions) daemon.getMixins().values().stream()
                        .filter(NetworkOptions.class::isInstance)
                        .findFirst()
                        .orElseThrow())
                .nodes = full;
        Main.run(commands, "daemon", "--assume-secure", "--await-links");
    }

    @Override
    public <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
        return real.use(config.withNetwork(NettyConfig.defaults().withoutLinks()), grasp -> {
            if (byLoop) {
                grasp.scheduler().schedule(this::fill);
            } else {
                Flux.interval(Duration.ofMillis(1), grasp.scheduler()).subscribe(tick -> garbage());
                Thread hog = new Thread(this::fillForever);
                hog.setDaemon(true);
                hog.start();
            }
            return work.apply(grasp);
        });
    }

    /** Something that the loop allocates again and again. */
    private static byte[] garbage() {
        return new byte[2000];
    }

    /** Fills the heap to the last bytes, and keeps them. */
    private void fill() {
        for (int size = 1 << 20; ; size /= 2) {
            try {
                while (true) {
                    kept = new Object[] {kept, new byte[size]};
                }
            } catch (OutOfMemoryError full) {
                if (size == 1) {
                    throw full;
                }
            }
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private void fillForever() {
        while (true) {
            try {
                fill();
            } catch (OutOfMemoryError full) {
                // what others release is taken, too
            }
        }
    }
}
