package io.grasp.benchmarks.attack;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettyConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/** Runs a node with default limits and an ASA, for what the command line of the samples does not show. */
@Command(
        name = "node",
        description = {
            "Runs a node that answers negotiations of EX7, serves EX8 and floods OWN.",
            "For each line of standard input it prints its state: heap after a full collection, open descriptors, and"
                    + " how many of its own and of the announced floods it can read. It ends with its standard input."
        })
final class NodeCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Objective OWN = Objective.synchronizable("OWN").withValue(1);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--link", required = true, paramLabel = "NAME", description = "An interface; may be repeated.")
    private List<String> links = List.of();

    @Option(names = "--port", required = true, paramLabel = "PORT", description = "The port.")
    private int port;

    @Option(
            names = "--announced",
            paramLabel = "N",
            description = "The number of announced floods, F0, F1 and so on. Default: ${DEFAULT-VALUE}.")
    private int announced;

    @Option(
            names = "--dull",
            paramLabel = "NAME",
            description = "An interface for a DULL instance; then the state shows which announced floods that one has.")
    private String dull = "";

    NodeCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        NettyConfig network = NettyConfig.defaults()
                .withLinks(links.toArray(String[]::new))
                .withPort(port)
                .withAssumeSecure(true);
        try (Grasp grasp = required(Grasp.start(GraspConfig.defaults().withNetwork(network)));
                Grasp beside = dull.isEmpty() ? grasp : required(Grasp.start(dullInstance()))) {
            Asa reader = required(beside.registerAsa("reader"));
            Asa asa = required(grasp.registerAsa("node"));
            Objective negotiated = CountdownNegotiation.request(1);
            required(asa.register(negotiated)
                    .then(asa.register(CountdownNegotiation.SERVED))
                    .then(asa.register(OWN))
                    .then(asa.flood(OWN, FloodOptions.indefinite()))
                    .thenReturn(true));
            required(asa.listenSynchronize(CountdownNegotiation.SERVED));
            asa.listenNegotiate(negotiated)
                    .subscribe(negotiation -> negotiation
                            .converse(offers -> offers.map(CountdownNegotiation::answer))
                            .subscribe(outcome -> {}, failure -> {}));
            out.println("ready");
            out.flush();
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) {
                out.println(state(reader));
                out.flush();
            }
        }
        return 0;
    }

    private GraspConfig dullInstance() {
        String[] names = IntStream.range(0, announced).mapToObj(i -> "F" + i).toArray(String[]::new);
        return GraspConfig.dull(dull, names);
    }

    private String state(Asa asa) {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
        int readable = 0;
        for (int i = 0; i < announced; i++) {
            readable += isReadable(asa, "F" + i) ? 1 : 0;
        }
        return "heap=" + heap + " descriptors=" + descriptors + " own=" + (isReadable(asa, "OWN") ? 1 : 0)
                + " readable=" + readable;
    }

    private static boolean isReadable(Asa asa, String name) {
        return Objects.requireNonNull(asa.getFlood(name).hasElements().block(TIMEOUT));
    }

    private static <T> T required(Mono<T> one) {
        return Objects.requireNonNull(one.block(TIMEOUT), "nothing");
    }
}
