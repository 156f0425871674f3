package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
    private static final Duration MILLIS_5 = Duration.ofMillis(5);
    private static final Duration MILLIS_20 = Duration.ofMillis(20);

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 42);
    private final List<String> log = new ArrayList<>();
    private final Map<String, Recorder> recorders = new LinkedHashMap<>();

    private SimNode node(String name) {
        return network.node(name);
    }

    /** Starts nodes that are already on their links, and drops the events of the start. */
    private void start(String... names) {
        for (String name : names) {
            Recorder recorder = new Recorder(loop, node(name), log);
            recorders.put(name, recorder);
            loop.run(() ->
                    node(name).start(recorder, failure -> assertThat(failure).isNull()));
        }
        log.clear();
    }

    private static Locator locator(SimNode node) {
        return new Locator.Ipv6((Inet6Address) node.addresses().get(0), Locator.TCP, node.port());
    }

    private Connection connect(String from, String to) {
        return connect(from, locator(node(to)), 0);
    }

    private Connection connect(String from, Locator to, int linkIndex) {
        return loop.call(
                () -> node(from).connect(to, linkIndex, recorders.get(from).end()));
    }

    private void send(Connection connection, int length) {
        loop.run(() -> connection.send(new byte[length], Completion.IGNORED));
    }

    private void multicast(String from, int length) {
        loop.run(() -> recorders.get(from).link().multicast(new byte[length], Completion.IGNORED));
    }

    @Test
    void addressesAndPortsAreNumberedInOrder() {
        SimLink lan = network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        network.link("wan", LinkKind.STREAM, MILLIS_5, node("b"));
        start("a", "b");
        assertThat(node("b").addresses()).map(InetAddress::getHostAddress).containsExactly("fd00:0:0:0:0:0:0:2");
        assertThat(node("b").port()).isEqualTo(10_002);
        assertThat(recorders.get("b").links())
                .map(link -> link.linkLocalAddress().getHostAddress())
                .containsExactly("fe80:0:0:0:0:0:1:2%1", "fe80:0:0:0:0:0:2:2%2");
        assertThat(lan.kind()).isEqualTo(LinkKind.DATAGRAM);
        assertThatIllegalArgumentException().isThrownBy(() -> network.link("lan", LinkKind.STREAM, MILLIS_5));
        assertThatIllegalArgumentException().isThrownBy(() -> network.connect(node("a"), lan));
    }

    @Test
    void nodesAndLinksOfAnotherNetworkAreRefused() {
        SimNetwork other = SimNetwork.create(loop, 1);
        SimNode stranger = other.node("a");
        SimLink otherLan = other.link("lan", LinkKind.DATAGRAM, MILLIS_5);
        SimLink lan = network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.link("wan", LinkKind.DATAGRAM, MILLIS_5, node("a"), stranger))
                .withMessage("a is in another network");
        assertThatIllegalArgumentException().isThrownBy(() -> network.connect(stranger, lan));
        assertThatIllegalArgumentException().isThrownBy(() -> network.disconnect(stranger, lan));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.connect(node("a"), otherLan))
                .withMessage("link lan is in another network");
        assertThat(network.links()).containsExactly(lan);
        assertThat(lan.nodes()).containsExactly(node("a"));
    }

    @Test
    void aMulticastTakesTheDelayAndReachesItsSenderOnDatagramLinks() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        multicast("a", 10);
        assertThat(network.pendingDeliveries()).isEqualTo(2);
        loop.runUntilIdle();
        assertThat(log).containsExactlyInAnyOrder("5 a linkMessage lan 10", "5 b linkMessage lan 10");
        assertThat(network.pendingDeliveries()).isZero();
    }

    @Test
    void aMulticastOnStreamLinksDoesNotReachItsSender() {
        network.link("lan", LinkKind.STREAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        multicast("a", 100_000);
        loop.runUntilIdle();
        assertThat(log).containsExactly("5 b linkMessage lan 100000");
    }

    @Test
    void eachReceiverGetsItsOwnCopyOfAMessage() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"), node("c"));
        start("a", "b", "c");
        List<byte[]> seen = new ArrayList<>();
        recorders
                .values()
                .forEach(recorder -> recorder.onMessage((link, message, back) -> {
                    seen.add(message.clone());
                    message[0] = 99;
                }));
        multicast("a", 1);
        loop.runUntilIdle();
        assertThat(seen).hasSize(3).allMatch(message -> message[0] == 0);
    }

    @Test
    void aReplyOnADatagramLinkIsAConnectionBetweenLinkLocalAddresses() {
        network.link("other", LinkKind.DATAGRAM, MILLIS_5, node("a"));
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        recorders.get("b").onMessage((link, message, back) -> back.reply(new byte[3], Completion.IGNORED));
        loop.run(() -> recorders.get("a").links().get(1).multicast(new byte[10], Completion.IGNORED));
        loop.runUntilIdle();
        assertThat(log)
                .filteredOn(event -> !event.contains("linkMessage"))
                .containsExactly("20 a accepted", "20 a received 3", "20 a inputEnded");
        assertThat(recorders.get("a").accepted().remote().getAddress().getHostAddress())
                .isEqualTo("fe80:0:0:0:0:0:2:2%2");
    }

    @Test
    void aHandshakeTakesThreeDelays() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        send(connect("a", "b"), 3);
        loop.runUntilIdle();
        send(recorders.get("b").accepted(), 4);
        loop.run(() -> recorders.get("b").accepted().close());
        loop.runUntilIdle();
        assertThat(log)
                .containsExactly(
                        "10 a opened",
                        "15 b accepted",
                        "15 b received 3",
                        "15 b closed",
                        "20 a received 4",
                        "20 a inputEnded");
    }

    @Test
    void theCloseOfAConnectionWaitsForAHostThatKeepsItsConnections() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        loop.run(() -> node("a").keepConnections(true));
        Connection kept = connect("a", "b");
        Connection closed = connect("a", "b");
        Connection reset = connect("a", "b");
        loop.runUntilIdle();
        log.clear();
        loop.run(() -> recorders.get("b").allAccepted().forEach(Connection::close));
        loop.advance(MILLIS_5);
        assertThat(log).containsOnly("20 a inputEnded").hasSize(3);
        log.clear();
        send(kept, 3);
        loop.run(closed::close);
        loop.run(reset::abort);
        loop.advance(MILLIS_5);
        assertThat(log)
                .containsExactly(
                        "20 a closed",
                        "20 a closed",
                        "25 b received 3",
                        "25 b inputEnded",
                        "25 b closed",
                        "25 b closed SocketException");
        log.clear();
        assertThat(network.openConnections()).isEqualTo(2);
        loop.runUntilIdle();
        assertThat(log).containsExactly("1015 b closed");
        loop.run(kept::abort);
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
    }

    @Test
    void aHostThatKeepsItsConnectionsDoesNotDelayTheEndOfANode() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        loop.run(() -> node("a").keepConnections(true));
        connect("a", "b");
        connect("a", "b");
        loop.runUntilIdle();
        log.clear();
        loop.run(() -> {
            List<Connection> accepted = recorders.get("b").allAccepted();
            accepted.get(1).close();
            accepted.get(1).abort();
            accepted.get(0).close();
            node("b").close(Completion.IGNORED);
        });
        loop.advance(MILLIS_5);
        assertThat(log)
                .containsExactlyInAnyOrder(
                        "15 b closed",
                        "15 b closed",
                        "20 a inputEnded",
                        "20 a inputEnded",
                        "20 a closed SocketException");
        loop.run(() -> node("a").close(Completion.IGNORED));
        loop.runUntilIdle();
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aConnectionCrossesSeveralLinksByTheShortestWay() {
        network.link("far", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("x"));
        network.link("farther", LinkKind.DATAGRAM, MILLIS_5, node("x"), node("y"));
        network.link("end", LinkKind.DATAGRAM, MILLIS_5, node("y"), node("c"));
        network.link("near", LinkKind.STREAM, MILLIS_5, node("a"), node("b"));
        network.link("next", LinkKind.DATAGRAM, MILLIS_20, node("b"), node("c"));
        start("a", "c");
        connect("a", "c");
        loop.runUntilIdle();
        assertThat(log).containsExactly("50 a opened", "75 c accepted");
        assertThat(network.openConnections()).isEqualTo(2);
    }

    @Test
    void aNodeReachesItself() {
        start("a");
        connect("a", "a");
        loop.runUntilIdle();
        assertThat(log).containsExactly("0 a opened", "0 a accepted");
    }

    @Test
    void connectingToAnUnreachableAddressFails() {
        network.link("one", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"), node("off"));
        network.link("two", LinkKind.DATAGRAM, MILLIS_5, node("b"), node("c"));
        start("a", "b", "c", "island");
        Inet6Address farLinkLocal = (Inet6Address) recorders.get("c").link().linkLocalAddress();
        Locator linkLocal =
                new Locator.Ipv6(farLinkLocal, Locator.TCP, node("c").port());
        Locator wrongPort =
                new Locator.Ipv6((Inet6Address) node("b").addresses().get(0), Locator.TCP, 1);
        connect("a", "island");
        connect("a", linkLocal, 1);
        connect("a", linkLocal, 0);
        assertThat(log).hasSize(3).allMatch("0 a closed NoRouteToHostException"::equals);
        log.clear();
        connect("a", wrongPort, 0);
        connect("a", "off");
        loop.runUntilIdle();
        assertThat(log).hasSize(2).allMatch("10 a closed ConnectException"::equals);
        assertThat(network.openConnections()).isZero();
    }

    @Test
    void aNodeWithoutAddressesReachesNeighborsOnly() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        node("a").removeAddress(node("a").addresses().get(0));
        assertThat(node("a").addresses()).isEmpty();
        connect("a", "b");
        Inet6Address neighbor = (Inet6Address) recorders.get("b").link().linkLocalAddress();
        connect("a", new Locator.Ipv6(neighbor, Locator.TCP, node("b").port()), 1);
        loop.runUntilIdle();
        assertThat(log).containsExactly("0 a closed NoRouteToHostException", "10 a opened", "15 b accepted");
    }

    @Test
    void aNameIsTriedAtItsAddressesInTheirOrder() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        assertThat(node("a").resolvesNames()).isFalse();
        network.name(
                "b.example",
                SimAddresses.uniqueLocal(999),
                node("b").addresses().get(0));
        Connection ours = connect(
                "a", new Locator.Fqdn("b.example", Locator.TCP, node("b").port()), 0);
        send(ours, 7);
        assertThat(ours.remote().isUnresolved()).isTrue();
        loop.runUntilIdle();
        assertThat(log).containsExactly("10 a opened", "15 b accepted", "15 b received 7");
        assertThat(ours.remote().getAddress()).isEqualTo(node("b").addresses().get(0));
    }

    @Test
    void anUnknownNameAndANameOfALinkLocalAddressFail() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        network.name("local.example", recorders.get("b").link().linkLocalAddress());
        for (String name : new String[] {"local.example", "nobody.example"}) {
            connect("a", new Locator.Fqdn(name, Locator.TCP, node("b").port()), 0);
        }
        Locator nobody = new Locator.Fqdn("nobody.example", Locator.TCP, 1);
        loop.run(() -> node("a").connect(nobody, 0, recorders.get("a").end()).close());
        loop.runUntilIdle();
        assertThat(log)
                .containsExactlyInAnyOrder("0 a closed GraspException", "0 a closed GraspException", "0 a closed");
        assertThat(network.openConnections()).isZero();
    }

    @Test
    void aLinkThatGoesDownEndsItsConnectionsAndLosesItsMessages() {
        SimLink one = network.link("one", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        SimLink two = network.link("two", LinkKind.DATAGRAM, MILLIS_5, node("b"), node("c"));
        start("a", "b", "c");
        Connection crossing = connect("a", "c");
        Connection staying = connect("a", "b");
        loop.runUntilIdle();
        log.clear();
        send(crossing, 10);
        multicast("c", 10);
        network.disconnect(node("b"), two);
        loop.runUntilIdle();
        String ended = loop.now().minus(MILLIS_5).minus(MILLIS_5).toMillis() + " ";
        assertThat(log)
                .containsExactly(
                        ended + "b linkDown two 2",
                        ended + "a closed LinkLostException",
                        ended + "c closed LinkLostException",
                        (loop.now().toMillis() - 5) + " c linkMessage two 10");
        log.clear();
        send(staying, 10);
        loop.runUntilIdle();
        assertThat(log).containsExactly(loop.now().toMillis() + " b received 10");
        log.clear();
        network.connect(node("b"), two);
        loop.runUntilIdle();
        assertThat(log).containsExactly(loop.now().toMillis() + " b linkUp two 3");
        assertThatIllegalArgumentException().isThrownBy(() -> network.disconnect(node("c"), one));
        assertThat(network.openConnections()).isEqualTo(2);
    }

    @Test
    void aLinkThatGoesDownAtOnceIsNotReported() {
        SimLink lan = network.link("lan", LinkKind.DATAGRAM, MILLIS_5);
        start("a");
        network.connect(node("a"), lan);
        network.disconnect(node("a"), lan);
        loop.runUntilIdle();
        assertThat(log).isEmpty();
    }

    @Test
    void aNodeWithoutLinksStartsAndCloses() {
        start("alone");
        List<String> completed = new ArrayList<>();
        loop.run(() -> node("alone").close(failure -> completed.add("closed")));
        assertThat(completed).containsExactly("closed");
        assertThat(log).isEmpty();
    }

    @Test
    void aClosedNodeStillForwardsForOthers() {
        network.link("one", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        network.link("two", LinkKind.DATAGRAM, MILLIS_5, node("b"), node("c"));
        start("a", "b", "c");
        loop.run(() -> node("b").close(Completion.IGNORED));
        connect("a", "c");
        loop.runUntilIdle();
        assertThat(log).containsExactly("20 a opened", "30 c accepted");
    }

    @Test
    void bytesForAClosedConnectionAreAnsweredByAReset() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        Connection ours = connect("a", "b");
        loop.runUntilIdle();
        log.clear();
        loop.run(ours::close);
        send(recorders.get("b").accepted(), 10);
        loop.runUntilIdle();
        assertThat(log).containsExactly("15 a closed", "20 b inputEnded", "25 b closed SocketException");
    }

    @Test
    void aStreamIsCutIntoChunks() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        network.chunkSize(4);
        start("a", "b");
        send(connect("a", "b"), 10);
        loop.runUntilIdle();
        assertThat(log).endsWith("15 b received 4", "15 b received 4", "15 b received 2");
    }

    @Test
    void aStreamKeepsItsOrderWhenTheDelayGetsShorter() {
        SimLink lan = network.link("lan", LinkKind.STREAM, MILLIS_20, node("a"), node("b"));
        start("a", "b");
        Connection ours = connect("a", "b");
        loop.runUntilIdle();
        log.clear();
        send(ours, 1);
        multicast("a", 1);
        lan.setDelay(MILLIS_5);
        send(ours, 2);
        multicast("a", 2);
        loop.runUntilIdle();
        assertThat(log)
                .containsExactly(
                        "80 b received 1", "80 b linkMessage lan 1", "80 b received 2", "80 b linkMessage lan 2");
    }

    @Test
    void aChangeOfSecurityIsReported() {
        start("a");
        assertThat(node("a").security()).isEqualTo(Security.SECURED);
        node("a").setSecurity(Security.NONE);
        node("a").setSecurity(Security.NONE);
        assertThat(node("a").security()).isEqualTo(Security.NONE);
        loop.runReady();
        assertThat(log).containsExactly("0 a NONE");
    }

    @Test
    void equalSeedsGiveEqualOrdersAndDifferentSeedsDifferentOnes() {
        assertThat(orderOfArrival(7)).isEqualTo(orderOfArrival(7)).hasSize(8);
        long orders = IntStream.range(0, 20)
                .mapToObj(SimNetworkTest::orderOfArrival)
                .distinct()
                .count();
        assertThat(orders).isGreaterThan(10);
    }

    private static List<String> orderOfArrival(long seed) {
        VirtualLoop loop = new VirtualLoop();
        SimNetwork network = SimNetwork.create(loop, seed);
        SimLink lan = network.link("lan", LinkKind.DATAGRAM, MILLIS_5);
        List<String> log = new ArrayList<>();
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SimNode node = network.node("node" + i);
            network.connect(node, lan);
            Recorder recorder = new Recorder(loop, node, log);
            recorders.add(recorder);
            loop.run(() -> node.start(recorder, Completion.IGNORED));
        }
        log.clear();
        loop.run(() -> recorders.get(0).link().multicast(new byte[1], Completion.IGNORED));
        loop.runUntilIdle();
        return log;
    }

    @Test
    void callsOffTheLoopAreRefused() {
        network.link("lan", LinkKind.DATAGRAM, MILLIS_5, node("a"), node("b"));
        start("a", "b");
        Connection ours = connect("a", "b");
        SimNode a = node("a");
        assertThatIllegalStateException().isThrownBy(() -> a.close(Completion.IGNORED));
        assertThatIllegalStateException()
                .isThrownBy(() -> a.connect(locator(a), 0, recorders.get("a").end()));
        assertThatIllegalStateException().isThrownBy(() -> ours.send(new byte[1], Completion.IGNORED));
        assertThatIllegalStateException().isThrownBy(ours::close);
        assertThatIllegalStateException().isThrownBy(ours::abort);
        assertThatIllegalStateException()
                .isThrownBy(() -> recorders.get("a").link().multicast(new byte[1], Completion.IGNORED));
    }
}
