package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.topology.SimTopology;
import io.grasp.substrate.sim.topology.Topology;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Networks as large as a study may require. They are expected to take seconds, which is not measured here. */
class SimScaleTest {
    private static final int NODES = 10_000;
    private static final int LINKS = 20_000;

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);

    /** Counts messages without storing them. */
    private static final class Counter implements SubstrateListener, ConnectionListener {
        private final List<Link> links = new ArrayList<>();
        private int messages;
        private int accepted;
        private int received;
        private int closed;

        @Override
        public void linkUp(Link link) {
            links.add(link);
        }

        @Override
        public void linkDown(Link link) {}

        @Override
        public void linkFailed(String name, Throwable cause) {}

        @Override
        public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
            messages++;
        }

        @Override
        public ConnectionListener accepted(Connection connection) {
            accepted++;
            return this;
        }

        @Override
        public void securityChanged(Security security) {}

        @Override
        public void opened() {}

        @Override
        public void received(byte[] bytes) {
            received += bytes.length;
        }

        @Override
        public void inputEnded() {}

        @Override
        public void closed(Throwable failure) {
            closed++;
        }
    }

    private Counter start(SimTopology built) {
        Counter counter = new Counter();
        loop.run(() -> built.nodes().forEach(node -> node.start(counter, Completion.IGNORED)));
        return counter;
    }

    private void close(SimTopology built) {
        loop.run(() -> built.nodes().forEach(node -> node.close(Completion.IGNORED)));
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
        assertThat(network.pendingDeliveries()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void everyNodeOfALargeNetworkReachesItsNeighbors() {
        SimTopology built = Topology.random(NODES, 4, 1)
                .build(network, LinkKind.DATAGRAM, LinkConditions.PERFECT.withDelay(Duration.ofMillis(1)));
        Counter counter = start(built);
        assertThat(counter.links).hasSize(2 * LINKS);
        byte[] message = new byte[100];
        loop.run(() -> counter.links.forEach(link -> link.multicast(message, Completion.IGNORED)));
        loop.runUntilIdle();
        assertThat(counter.messages).isEqualTo(4 * LINKS); // at the neighbor, and back at the sender
        close(built);
    }

    @Test
    void connectionsCrossALargeNetwork() {
        SimTopology built = Topology.random(NODES, 4, 1)
                .build(network, LinkKind.DATAGRAM, LinkConditions.PERFECT.withDelay(Duration.ofMillis(1)));
        Counter counter = start(built);
        SplittableRandom random = new SplittableRandom(1);
        loop.run(() -> {
            for (int i = 0; i < NODES; i++) {
                SimNode to = built.nodes().get(random.nextInt(NODES));
                Locator locator = new Locator.Ipv6((Inet6Address) to.addresses().get(0), Locator.TCP, to.port());
                built.nodes().get(i).connect(locator, 0, counter).send(new byte[10], Completion.IGNORED);
            }
        });
        loop.runUntilIdle();
        assertThat(counter.accepted).isEqualTo(NODES);
        assertThat(counter.received).isEqualTo(10 * NODES);
        assertThat(network.openConnections()).isEqualTo(2 * NODES);
        close(built);
        assertThat(counter.closed).isEqualTo(2 * NODES);
    }

    @Test
    void aHubConnectsToAllItsNeighbors() {
        SimTopology built = Topology.star(NODES).build(network, LinkKind.DATAGRAM, LinkConditions.PERFECT);
        Counter counter = start(built);
        SimNode hub = built.nodes().get(0);
        loop.run(() -> {
            for (SimNode leaf : built.nodes().subList(1, NODES)) {
                Link link = leaf.attachments().iterator().next();
                Locator locator = new Locator.Ipv6((Inet6Address) link.linkLocalAddress(), Locator.TCP, leaf.port());
                hub.connect(locator, leaf.number() - 1, counter);
            }
        });
        loop.runUntilIdle();
        assertThat(counter.accepted).isEqualTo(NODES - 1);
        built.links().forEach(link -> network.disconnect(hub, link));
        loop.runUntilIdle();
        assertThat(counter.closed).isEqualTo(2 * (NODES - 1));
        close(built);
    }

    @Test
    void aNetworkHasMoreNodesAndLinksThanSixteenBitsCount() {
        int many = 70_000;
        for (int i = 1; i < many; i++) {
            network.link("link" + i, LinkKind.DATAGRAM, LinkConditions.PERFECT);
            network.node("node" + i);
        }
        SimNode one = network.node("node1");
        SimNode last = network.node("last");
        SimLink link = network.link("last", LinkKind.DATAGRAM, LinkConditions.PERFECT, one, last);
        assertThat(link.number()).isEqualTo(many);
        assertThat(one.port()).isEqualTo(10_001);
        assertThat(network.node("node39151").port()).isEqualTo(49_151);
        assertThat(network.node("node39152").port()).isEqualTo(10_001);

        Counter counter = new Counter();
        loop.run(() -> List.of(one, last).forEach(node -> node.start(counter, Completion.IGNORED)));
        loop.run(() -> {
            for (InetAddress address : List.of(
                    last.addresses().get(0),
                    last.attachments().iterator().next().linkLocalAddress())) {
                one.connect(new Locator.Ipv6((Inet6Address) address, Locator.TCP, last.port()), 1, counter);
            }
        });
        loop.runUntilIdle();
        assertThat(counter.accepted).isEqualTo(2);
    }

    @Test
    void aLoopHandlesMillionsOfTimers() {
        int[] ran = {0};
        SplittableRandom random = new SplittableRandom(1);
        loop.run(() -> {
            for (int i = 0; i < 1_000_000; i++) {
                Loop.Wakeup wakeup = loop.wakeAt(1 + random.nextLong(1_000_000_000), () -> ran[0]++);
                if (i % 4 == 0) {
                    wakeup.cancel();
                }
            }
        });
        assertThat(loop.pendingWakeups()).isEqualTo(750_000);
        loop.runUntilIdle();
        assertThat(ran[0]).isEqualTo(750_000);
    }
}
