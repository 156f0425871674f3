package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.GraspConfig;
import io.grasp.model.MemoryNeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nodes in small processes stay within their stated memory, and serve others, while neighbors on every link send
 * everything that takes memory.
 */
@Tag("long")
class MemoryIT {
    private static final int ADDRESSES = 60;
    private static final String PORT = "7107";
    private static final long MIB = 1 << 20;
    private static final Duration ATTACK = Duration.ofSeconds(40);

    private final Processes processes = new Processes();

    @BeforeAll
    static void require() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    /** Options of a JVM that fails if a node needs more direct memory than stated. */
    private static List<String> jvm(int heapMib, MemoryNeed node) {
        return List.of("-Xmx" + heapMib + "m", "-XX:MaxDirectMemorySize=" + node.directBytes());
    }

    /** {@return the heap that is in use after a collection, which this causes} */
    private static long liveBytes(RunningProcess process) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process histogram = new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.class_histogram").start();
        List<String> lines = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        String total = lines.get(lines.size() - 1);
        assertThat(total).as("%s", process).startsWith("Total");
        return Long.parseLong(total.trim().split("\\s+")[2]);
    }

    private RunningProcess attack(Host from, Host victim, String port, String... objectives) {
        String[] arguments = Stream.concat(Stream.of(from.link(), victim.linkLocal(), port), Stream.of(objectives))
                .toArray(String[]::new);
        RunningProcess load = processes.program(from, MemoryLoad.class, arguments);
        load.line("sent");
        return load;
    }

    /** What a node does for others while it is attacked. */
    @FunctionalInterface
    private interface Service {
        void check(int time) throws IOException;
    }

    /** {@return the most heap that was in use, beyond that of an idle node} */
    private static long mostBytes(RunningProcess node, long idle, Service service) throws IOException {
        long most = 0;
        long end = System.nanoTime() + ATTACK.toNanos();
        for (int time = 0; System.nanoTime() - end < 0; time++) {
            service.check(time);
            most = Math.max(most, liveBytes(node) - idle);
        }
        assertThat(node.hasEnded()).as("%s", node).isFalse();
        assertThat(node.errors()).noneMatch(line -> line.contains("OutOfMemory"));
        return most;
    }

    @Test
    void aRelayWithDefaultsStaysWithinItsMemoryInAHeapOf64MiB() throws IOException {
        MemoryNeed stated = GraspConfig.defaults().worstCase();
        try (Chain chain = Chain.withUlas()) {
            chain.namespaces().addAddresses(chain.left, ADDRESSES);
            chain.namespaces().addAddresses(chain.right, ADDRESSES);
            RunningProcess relay = processes.start(
                    jvm(64, stated), chain.middle, "briggs", "--port", PORT, "--json", "--assume-secure");
            relay.awaitListening(2);
            assertThat(relay.errors()).noneMatch(line -> line.contains("may need"));
            long idle = liveBytes(relay);
            attack(chain.left, chain.middle, PORT);
            attack(chain.right, chain.middleRight, PORT);

            long most = mostBytes(relay, idle, time -> {
                Host customer = time % 2 == 0 ? chain.left : chain.right;
                RunningProcess negotiation = processes.node(customer, "negotiate", "EX3", "[\"NZD\",50]", "--json");
                assertThat(negotiation.theOnlyLine().get("outcome").asString()).isEqualTo("accepted");
            });

            assertThat(most).isBetween(8 * MIB, stated.heapBytes());
        }
    }

    @Test
    void aDullNodeStaysWithinItsMemoryInAHeapOf32MiB() throws IOException {
        try (Pair bare = Pair.withLinkLocalsOnly()) {
            bare.namespaces().addAddresses(bare.left, ADDRESSES);
            MemoryNeed stated =
                    GraspConfig.dull(bare.right.link(), "AN_ACP", "AN_Proxy").worstCase();
            RunningProcess dull =
                    processes.start(jvm(32, stated), bare.right, "daemon", "--dull", bare.right.link(), "--json");
            dull.line("\"up\"");
            assertThat(dull.errors()).noneMatch(line -> line.contains("may need"));
            long idle = liveBytes(dull);
            attack(bare.left, bare.right, Integer.toString(dull.listeningPort()), "AN_ACP", "AN_Proxy");

            long most = mostBytes(dull, idle, time -> {
                String value = "\"neighbor " + time + "\"";
                // Repeated: datagrams are lost while the node collects garbage for the measurement.
                RunningProcess neighbor = processes.node(bare.left, "flood", "AN_ACP", value, "--every", "200");
                dull.line("neighbor " + time);
                neighbor.kill();
            });

            assertThat(most).isBetween(MIB / 4, stated.heapBytes());
        }
    }
}
