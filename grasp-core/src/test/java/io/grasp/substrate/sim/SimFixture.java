package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.Link;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A simulated network with its events and those of its nodes; no resource may remain at the end. */
abstract class SimFixture {
    static final Duration MILLIS_5 = Duration.ofMillis(5);
    static final LinkConditions DELAYED = LinkConditions.PERFECT.withDelay(MILLIS_5);

    final VirtualLoop loop = new VirtualLoop();
    final SimNetwork network = SimNetwork.create(loop, 42);
    final List<SimEvent> events = new ArrayList<>();

    /** The events of the nodes, as {@link Recorder} writes them. */
    final List<String> log = new ArrayList<>();

    private final Map<String, Recorder> recorders = new LinkedHashMap<>();

    SimFixture() {
        network.observe(events::add);
    }

    @AfterEach
    void leaveNothing() {
        network.heal();
        network.nodes().forEach(SimNode::resume);
        for (SimNode node : network.nodes()) {
            if (node.isRunning()) {
                loop.run(() -> node.close(Completion.IGNORED));
            }
        }
        loop.runUntilIdle();
        assertThat(network.openConnections()).as("open connections").isZero();
        assertThat(network.pendingDeliveries()).as("pending deliveries").isZero();
        assertThat(loop.pendingWakeups()).as("pending wakeups").isZero();
    }

    SimNode node(String name) {
        return network.node(name);
    }

    SimLink link(String name, LinkKind kind, LinkConditions conditions, String... members) {
        SimNode[] nodes = new SimNode[members.length];
        for (int i = 0; i < members.length; i++) {
            nodes[i] = node(members[i]);
        }
        return network.link(name, kind, conditions, nodes);
    }

    /** Starts nodes, and drops the events of the start. */
    void start(String... names) {
        for (String name : names) {
            Recorder recorder = new Recorder(loop, node(name), log);
            recorders.put(name, recorder);
            loop.run(() ->
                    node(name).start(recorder, failure -> assertThat(failure).isNull()));
        }
        forget();
    }

    void forget() {
        log.clear();
        events.clear();
    }

    Recorder at(String name) {
        return recorders.get(name);
    }

    Locator locator(String name) {
        return new Locator.Ipv6(
                (Inet6Address) node(name).addresses().get(0),
                Locator.TCP,
                node(name).port());
    }

    Connection connect(String from, Locator to, int linkIndex) {
        return loop.call(() -> node(from).connect(to, linkIndex, at(from).end()));
    }

    Connection connect(String from, String to) {
        return connect(from, locator(to), 0);
    }

    /** A connection between global addresses, when it is open at both ends. */
    Connection connected(String from, String to) {
        Connection connection = connect(from, to);
        loop.runUntilIdle();
        assertThat(log).anyMatch(line -> line.endsWith(from + " opened"));
        forget();
        return connection;
    }

    /** A connection to the address of a neighbor on the first link of each, when it is open at both ends. */
    Connection connectedOnLink(String from, String to) {
        Link theirs = at(to).link();
        Locator locator = new Locator.Ipv6((Inet6Address) theirs.linkLocalAddress(), Locator.TCP, node(to).port());
        Connection connection = connect(from, locator, at(from).link().index());
        loop.runUntilIdle();
        forget();
        return connection;
    }

    void send(Connection connection, int length) {
        send(connection, new byte[length]);
    }

    void send(Connection connection, byte[] bytes) {
        loop.run(() -> connection.send(bytes, Completion.IGNORED));
    }

    void multicast(String from, int length) {
        multicast(from, new byte[length]);
    }

    void multicast(String from, byte[] message) {
        loop.run(() -> at(from).link().multicast(message, Completion.IGNORED));
    }

    /** {@return the events of one kind at one node, in order} */
    List<SimEvent> events(Kind kind, String to) {
        return events.stream()
                .filter(event -> event.kind() == kind && event.to().equals(to))
                .toList();
    }

    List<SimEvent> events(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).toList();
    }

    /** {@return the times of events, in milliseconds since a given time} */
    static List<Long> millisSince(Duration start, List<SimEvent> events) {
        return events.stream().map(event -> event.at().minus(start).toMillis()).toList();
    }
}
