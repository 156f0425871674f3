package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.topology.SimTopology;
import io.grasp.substrate.sim.topology.Topology;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** One seed determines everything. */
class SimDeterminismTest {
    private static final LinkConditions ROUGH = LinkConditions.PERFECT
            .withDelay(Duration.ofMillis(5))
            .withJitter(Duration.ofMillis(3))
            .withBandwidth(1_000_000)
            .withQueueBytes(4000)
            .withLoss(0.1)
            .withDuplication(0.1)
            .withReordering(0.1)
            .withCorruption(0.05);

    /** A random network with traffic and faults of every kind. */
    private static final class Run {
        private final VirtualLoop loop = new VirtualLoop();
        private final SimNetwork network;
        private final SimTopology built;
        private final List<SimEvent> events = new ArrayList<>();
        private final List<Recorder> recorders = new ArrayList<>();
        private final List<Connection> connections = new ArrayList<>();
        private final SplittableRandom workload = new SplittableRandom(99);

        Run(long seed) {
            network = SimNetwork.create(loop, seed);
            network.observe(events::add);
            network.setTcp(new SimTcp(Duration.ofMillis(200), Duration.ofSeconds(1), 2, Duration.ofMillis(300), 1));
            built = Topology.random(20, 4, 3).build(network, LinkKind.DATAGRAM, ROUGH);
            network.link("streams", LinkKind.STREAM, ROUGH, node(0), node(1), node(2));
            for (SimNode node : built.nodes()) {
                Recorder recorder = new Recorder(loop, node);
                recorder.onMessage((link, message, back) -> {
                    if (link.repliesInBand() && message.length > 50) {
                        back.reply(new byte[20], Completion.IGNORED);
                    }
                });
                recorders.add(recorder);
                loop.run(() -> node.start(recorder, Completion.IGNORED));
            }
        }

        private SimNode node(int number) {
            return built.nodes().get(number);
        }

        List<String> events() {
            for (int round = 0; round < 100; round++) {
                loop.run(this::traffic);
                loop.advance(Duration.ofMillis(100));
                if (round == 10) {
                    node(3).crash();
                    node(4).suspend();
                    loop.run(() -> node(5).close(Completion.IGNORED));
                    network.partition(built.nodes().subList(0, 10));
                    built.links().get(5).down();
                } else if (round == 30) {
                    loop.run(() -> node(3).start(recorders.get(3), Completion.IGNORED));
                    loop.run(() -> node(5).start(recorders.get(5), Completion.IGNORED));
                    node(4).resume();
                    network.heal();
                    built.links().get(5).up();
                }
            }
            built.nodes().stream()
                    .filter(SimNode::isRunning)
                    .forEach(node -> loop.run(() -> node.close(Completion.IGNORED)));
            loop.runUntilIdle();
            assertThat(network.openConnections()).isZero();
            assertThat(network.pendingDeliveries()).isZero();
            assertThat(loop.pendingWakeups()).isZero();
            return events.stream().map(Run::line).toList();
        }

        private void traffic() {
            for (SimNode node : built.nodes()) {
                Recorder recorder = recorders.get(node.number() - 1);
                if (node.isRunning() && node.isAwake()) {
                    recorder.links()
                            .forEach(link -> link.multicast(new byte[1 + workload.nextInt(100)], Completion.IGNORED));
                    connections.add(connect(node, node(workload.nextInt(20)), recorder));
                }
            }
            if (connections.size() > 100) {
                connections.subList(0, 50).forEach(Connection::close);
                connections.subList(50, 60).forEach(Connection::abort);
                connections.subList(0, 60).clear();
            }
        }

        private Connection connect(SimNode from, SimNode to, Recorder recorder) {
            Locator locator = new Locator.Ipv6((Inet6Address) to.addresses().get(0), Locator.TCP, to.port());
            Connection connection = from.connect(locator, 0, recorder.end());
            connection.send(new byte[workload.nextInt(5000)], Completion.IGNORED);
            return connection;
        }

        private static String line(SimEvent event) {
            return event.at() + " " + event.kind() + " " + event.from() + " " + event.to() + " " + event.link() + " "
                    + HexFormat.of().formatHex(event.bytes()) + " " + event.detail();
        }
    }

    @Test
    void equalSeedsGiveEqualEventsAndDifferentSeedsDifferentOnes() {
        Run first = new Run(1);
        List<String> events = first.events();
        assertThat(new Run(1).events()).isEqualTo(events);
        assertThat(new Run(2).events()).isNotEqualTo(events);
        Set<Kind> seen = first.events.stream()
                .map(SimEvent::kind)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Kind.class)));
        assertThat(EnumSet.complementOf(EnumSet.copyOf(seen))).isEmpty();
    }

    /** Fixes the events of one seed, so that a change by a JDK or a later version is noticed. */
    @Test
    void theEventsOfASeedStayTheSame() throws NoSuchAlgorithmException {
        String all = String.join("\n", new Run(1).events());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(digest, 0, 8)).isEqualTo("c018b76238cb1ffd");
    }
}
