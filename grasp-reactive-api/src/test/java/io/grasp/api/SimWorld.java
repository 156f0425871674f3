package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Dull;
import io.grasp.model.AcpNodeName;
import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Nodes on one simulated link, at virtual time. */
final class SimWorld extends World {
    private static final Duration BOUND = Duration.ofMinutes(30);

    final VirtualLoop loop = new VirtualLoop();
    final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimLink link;
    private final SimLink otherLink;
    private final List<Grasp> nodes = new ArrayList<>();
    private int count;
    private int renumberings;

    SimWorld(LinkKind kind) {
        link = network.link("lan", kind, Duration.ofMillis(2));
        otherLink = network.link("other", kind, Duration.ofMillis(2));
    }

    @Override
    Grasp start(UnaryOperator<GraspConfig> settings) {
        SimNode node = newNode();
        network.connect(node, link);
        return start(node, settings);
    }

    @Override
    Grasp startOn(int... links) {
        return start(nodeOn(links), config -> config);
    }

    /** {@return a node on links, as {@link #startOn} has them, that the caller starts and closes} */
    SimNode nodeOn(int... links) {
        SimNode node = newNode();
        for (int each : links) {
            network.connect(node, each == 0 ? link : otherLink);
        }
        return node;
    }

    @Override
    void linkDown() {
        link.down();
    }

    @Override
    void linkUp() {
        link.up();
    }

    @Override
    void renumber(Grasp node) {
        SimNode renumbered = network.node("node-" + (nodes.indexOf(node) + 1));
        renumbered.renumber(renumbered.addresses().get(0), address("fd99::" + ++renumberings));
    }

    /** {@return a locator where no node is} */
    static Locator somewhere() {
        return new Locator.Ipv6((Inet6Address) address("fd98::1"), Locator.TCP, 9999);
    }

    /** {@return another such locator} */
    static Locator somewhereOnIpv4() {
        return new Locator.Ipv4((Inet4Address) address("10.98.0.1"), Locator.TCP, 9999);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    Grasp startAlone() {
        return start(newNode(), config -> config);
    }

    @Override
    void awaitTurn() {
        // the network runs when a test waits, with tasks in the order of their submission
    }

    @Override
    Grasp startInsecure() {
        SimNode node = newNode();
        network.connect(node, link);
        node.setSecurity(Security.NONE);
        return start(node, config -> config);
    }

    @Override
    GraspConfig dull(String... objectives) {
        return dullOn(List.of(link), objectives);
    }

    @Override
    GraspConfig dullOnBoth(String... objectives) {
        return dullOn(List.of(link, otherLink), objectives);
    }

    private GraspConfig dullOn(List<SimLink> links, String... objectives) {
        SimNode node = newNode();
        links.forEach(each -> network.connect(node, each));
        node.setSecurity(Security.NONE);
        int seed = count;
        return GraspConfig.defaults()
                .withSubstrate(() -> node)
                .withRandom(() -> new Random(seed))
                .withDull(Dull.allowing(objectives));
    }

    @Override
    GraspConfig settingsOn(int link) {
        SimNode node = nodeOn(link);
        int seed = count;
        return GraspConfig.defaults().withSubstrate(() -> node).withRandom(() -> new Random(seed));
    }

    private SimNode newNode() {
        SimNode node = network.node("node-" + ++count);
        if (link.kind().isSecured()) {
            node.setIdentity(AcpNodeName.parse("++number=" + count + "@example.com"));
        }
        return node;
    }

    private Grasp start(SimNode node, UnaryOperator<GraspConfig> settings) {
        int seed = count;
        Grasp grasp = awaitOne(Grasp.start(
                settings.apply(GraspConfig.defaults().withSubstrate(() -> node).withRandom(() -> new Random(seed)))));
        nodes.add(grasp);
        return grasp;
    }

    @Override
    void awaitUntil(String what, BooleanSupplier condition) {
        if (!loop.runUntil(condition, BOUND)) {
            throw new AssertionError("not within " + BOUND + ": " + what);
        }
    }

    @Override
    Duration moment() {
        return Duration.ofMillis(500);
    }

    @Override
    public void close() {
        nodes.forEach(node -> await(node.closeAsync()));
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }
}
