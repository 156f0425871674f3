package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.Loop;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Nodes that crash, sleep and lag, and links that flap. */
class SimFaultsTest extends SimFixture {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<String> ran = new ArrayList<>();

    private void lan() {
        link("lan", LinkKind.DATAGRAM, DELAYED, "a", "b");
        start("a", "b");
    }

    private Runnable note(String what) {
        return () -> ran.add(network.now().toMillis() + " " + what);
    }

    /** Arms a timer of a node. */
    private void wakeIn(String node, Duration delay, String what) {
        Loop own = node(node).loop();
        loop.run(() -> own.wakeAt(own.nanoTime() + delay.toNanos(), note(what)));
    }

    private List<Kind> kinds() {
        return events.stream().map(SimEvent::kind).toList();
    }

    @Test
    void aCrashIsNotReportedToAnyNode() {
        lan();
        connected("a", "b");
        Connection waiting = connect("b", "a");
        loop.run(() -> waiting.send(new byte[1], failure -> log.add("told")));
        node("b").crash();
        assertThat(node("b").openConnections()).isZero();
        loop.runUntilIdle();
        assertThat(log).isEmpty();
        assertThat(network.openConnections()).isOne(); // a's end is half open
        assertThat(kinds()).containsExactly(Kind.CRASHED);
    }

    @Test
    void aCrashDiscardsTasksAndTimersAndShutsTheLoopDown() {
        lan();
        Loop old = node("b").loop();
        wakeIn("b", SECOND, "timer");
        old.execute(note("task"));
        node("b").crash();
        loop.runReady();
        assertThat(loop.pendingWakeups()).isZero();
        loop.runUntilIdle();
        assertThat(ran).isEmpty();
        assertThatThrownBy(() -> old.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        loop.run(() -> assertThatThrownBy(() -> old.wakeAt(0, () -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("b has crashed"));
        assertThat(node("b").loop()).isNotSameAs(old);
        node("b").loop().execute(note("the next one's"));
        loop.runReady();
        assertThat(ran).containsExactly("0 the next one's");
    }

    @Test
    void aNodeThatCrashesInATimerRunsNoMoreTimers() {
        lan();
        Loop own = node("b").loop();
        loop.run(() -> {
            long due = own.nanoTime() + SECOND.toNanos();
            own.wakeAt(due, () -> {
                note("first").run();
                node("b").crash();
            });
            own.wakeAt(due, note("second"));
        });
        loop.runUntilIdle();
        assertThat(ran).containsExactly("1000 first");
    }

    @Test
    void aCrashedNodeStartsAgainWithTheSameAddresses() {
        lan();
        InetAddress address = node("b").addresses().get(0);
        int port = node("b").port();
        node("b").crash();
        node("b").crash();
        assertThat(node("b").isRunning()).isFalse();
        multicast("a", 1);
        loop.runUntilIdle();
        assertThat(events(Kind.UNREACHED, "b")).hasSize(1);
        start("b");
        assertThat(node("b").addresses()).containsExactly(address);
        assertThat(node("b").port()).isEqualTo(port);
        multicast("a", 2);
        loop.runUntilIdle();
        assertThat(log).contains("10 b linkMessage lan 2");
    }

    @Test
    void segmentsOfAFormerConnectionAreResetAfterARestart() {
        lan();
        Connection ours = connected("a", "b");
        Duration start = network.now();
        node("b").crash();
        send(ours, 10);
        loop.advance(SECOND);
        assertThat(log).isEmpty();
        start("b");
        loop.runUntilIdle();
        // Retransmitted at 200, 600 and 1400 ms; the round trip takes 10 ms.
        assertThat(log).containsExactly(start.toMillis() + 1410 + " a closed SocketException");
        assertThat(events(Kind.RESET, "a")).hasSize(1);
    }

    @Test
    void aClosedNodeRefusesConnectionsAndCanBeStartedAgain() {
        lan();
        loop.run(() -> {
            node("b").close(Completion.IGNORED);
            assertThatIllegalStateException()
                    .isThrownBy(() -> node("b").start(at("b"), Completion.IGNORED))
                    .withMessage("b is closing");
        });
        connect("a", "b");
        loop.runUntilIdle();
        assertThat(log).containsExactly("10 a closed ConnectException");
        assertThat(kinds()).containsExactly(Kind.CLOSED, Kind.REFUSED);
        start("b");
        connected("a", "b");
        loop.run(() -> assertThatIllegalStateException()
                .isThrownBy(() -> node("b").start(at("b"), Completion.IGNORED))
                .withMessage("b is running"));
    }

    @Test
    void aSleepingNodeRunsNothingAndKeepsItsStateForWaking() {
        lan();
        wakeIn("b", SECOND, "early");
        wakeIn("b", SECOND.multipliedBy(5), "late");
        node("b").suspend();
        node("b").suspend();
        node("b").loop().execute(note("task"));
        node("b").loop().execute(note("next task"));
        multicast("a", 1);
        loop.advance(SECOND.multipliedBy(3));
        assertThat(ran).isEmpty();
        assertThat(loop.pendingWakeups()).isZero();
        assertThat(events(Kind.UNREACHED, "b")).hasSize(1);
        node("b").resume();
        node("b").resume();
        loop.runUntilIdle();
        assertThat(ran).containsExactly("3000 task", "3000 next task", "3000 early", "5000 late");
        assertThat(events(Kind.SUSPENDED)).hasSize(1);
        assertThat(events(Kind.RESUMED)).hasSize(1);
    }

    @Test
    void aMessageOnAStreamLinkIsLostWithTheCrashedInstance() {
        link("lan", LinkKind.STREAM, DELAYED, "a", "b");
        start("a", "b");
        multicast("a", 1); // in transit
        node("b").crash();
        start("b");
        loop.advance(SECOND);
        multicast("a", 2);
        loop.runUntilIdle();
        assertThat(log).containsExactly("1005 b linkMessage lan 2");
        assertThat(events(Kind.UNREACHED, "b")).hasSize(1);
    }

    @Test
    void inputOfASlowNodeIsLostWithItsCrash() {
        lan();
        node("b").setProcessingTime(SECOND);
        multicast("a", 1);
        loop.advance(Duration.ofMillis(100));
        node("b").crash();
        start("b");
        loop.runUntilIdle();
        assertThat(log).isEmpty();
    }

    @Test
    void aCallInTheTurnOfTheCrashIsNotAnswered() {
        lan();
        loop.run(() -> {
            node("b").crash();
            node("b").connect(locator("a"), 0, at("b").end());
        });
        loop.runUntilIdle();
        assertThat(log).isEmpty();
        assertThat(node("b").openConnections()).isZero();
    }

    @Test
    void streamsToASleepingNodeContinueWhenItWakes() {
        lan();
        Connection ours = connected("a", "b");
        Duration start = network.now();
        node("b").suspend();
        send(ours, 10);
        loop.advance(SECOND);
        node("b").resume();
        loop.runUntilIdle();
        assertThat(log).containsExactly(start.toMillis() + 1405 + " b received 10");
    }

    @Test
    void aSleepingNodeSendsNothingAgain() {
        lan();
        Connection ours = connected("a", "b");
        Duration start = network.now();
        network.partition(List.of(node("a")));
        send(ours, 10);
        node("a").suspend();
        loop.advance(Duration.ofMinutes(10));
        assertThat(events(Kind.RETRANSMITTED)).isEmpty();
        network.heal();
        node("a").resume();
        loop.runUntilIdle();
        assertThat(log).containsExactly(start.toMillis() + 600_005 + " b received 10");
    }

    @Test
    void aSlowNodeProcessesOneEventAfterTheOther() {
        lan();
        Connection ours = connected("a", "b");
        Duration start = network.now();
        node("b").setProcessingTime(Duration.ofMillis(100));
        send(ours, 1);
        send(ours, 2);
        multicast("a", 3);
        loop.runUntilIdle();
        long arrival = start.toMillis() + 5;
        assertThat(log.stream().filter(line -> line.contains(" b ")))
                .containsExactly(
                        arrival + 100 + " b received 1",
                        arrival + 200 + " b received 2",
                        arrival + 300 + " b linkMessage lan 3");
        node("b").setProcessingTime(Duration.ZERO);
        assertThatIllegalArgumentException().isThrownBy(() -> node("b").setProcessingTime(Duration.ofMillis(-1)));
    }

    @Test
    void aFlapIsReportedAndEndsTheConnectionsOfItsLinkOnly() {
        lan();
        Connection onLink = connectedOnLink("a", "b");
        Connection beyond = connected("a", "b");
        Duration start = network.now();
        send(beyond, 1);
        send(onLink, 2);
        multicast("a", 3);
        SimLink lan = network.links().get(0);
        lan.down();
        lan.down();
        loop.advance(SECOND);
        long millis = start.toMillis();
        assertThat(log)
                .containsExactlyInAnyOrder(
                        millis + " a linkDown lan 1",
                        millis + " b linkDown lan 1",
                        millis + " a closed LinkLostException",
                        millis + " b closed LinkLostException");
        assertThat(events(Kind.UNREACHED, "b")).hasSize(1);
        log.clear();
        lan.up();
        lan.up();
        loop.runUntilIdle();
        assertThat(log)
                .containsExactly(
                        millis + 1000 + " a linkUp lan 1",
                        millis + 1000 + " b linkUp lan 1",
                        millis + 1405 + " b received 1");
        assertThat(events(Kind.LINK_DOWN)).extracting(SimEvent::from).containsExactly("a", "b");
        assertThat(events(Kind.LINK_UP)).extracting(SimEvent::from).containsExactly("a", "b");
    }

    @Test
    void messagesUnderWayAreLostWhenALinkFlaps() {
        lan();
        Connection ours = connected("a", "b");
        Duration start = network.now();
        send(ours, 1);
        SimLink lan = network.links().get(0);
        lan.down();
        lan.up();
        loop.runUntilIdle();
        assertThat(log).contains(start.toMillis() + 205 + " b received 1");
    }

    @Test
    void aBrokenRouteIsReplacedByAnother() {
        SimLink direct = link("direct", LinkKind.DATAGRAM, DELAYED, "a", "b");
        link("first", LinkKind.DATAGRAM, DELAYED, "a", "x");
        link("second", LinkKind.DATAGRAM, DELAYED, "x", "b");
        start("a", "b");
        Connection ours = connected("a", "b");
        direct.down();
        loop.runReady();
        forget();
        Duration start = network.now();
        send(ours, 1);
        loop.runUntilIdle();
        assertThat(log).containsExactly(start.plusMillis(10).toMillis() + " b received 1");
        node("x").crash();
        forget();
        start = network.now();
        send(ours, 2);
        loop.advance(SECOND);
        assertThat(log).isEmpty();
        direct.up();
        loop.runUntilIdle();
        assertThat(log).contains(start.plusMillis(1405).toMillis() + " b received 2");
    }

    @Test
    void aReroutedConnectionBreaksWithItsNewRoute() {
        SimLink direct = link("direct", LinkKind.DATAGRAM, DELAYED, "a", "b");
        SimLink first = link("first", LinkKind.DATAGRAM, DELAYED, "a", "x");
        link("second", LinkKind.DATAGRAM, DELAYED, "x", "b");
        start("a", "b");
        Connection ours = connected("a", "b");
        direct.down();
        send(ours, 1);
        loop.runUntilIdle();
        forget();
        network.disconnect(node("x"), first);
        loop.runReady();
        long now = network.now().toMillis();
        assertThat(log).containsExactly(now + " a closed LinkLostException", now + " b closed LinkLostException");
    }

    @Test
    void aLinkLocalAddressCannotBeReachedWhileItsLinkIsDown() {
        lan();
        Locator.Ipv6 neighbor = new Locator.Ipv6(
                (Inet6Address) at("b").link().linkLocalAddress(),
                Locator.TCP,
                node("b").port());
        network.links().get(0).down();
        loop.runReady();
        forget();
        connect("a", neighbor, 1);
        assertThat(log).containsExactly("0 a closed NoRouteToHostException");
    }

    @Test
    void aRenumberedNodeLosesTheConnectionsOfItsOldAddress() {
        lan();
        InetAddress before = node("a").addresses().get(0);
        InetAddress after = SimAddresses.uniqueLocal(9_999);
        Connection ours = connected("a", "b");
        connected("b", "a");
        Connection onLink = connectedOnLink("a", "b");
        Locator there = locator("a");
        connect("b", "a");
        long start = network.now().toMillis();
        node("a").renumber(before, after);
        loop.runReady();
        assertThat(node("a").addresses()).containsExactly(after);
        assertThat(log).containsExactly(start + " a closed LinkLostException", start + " a closed LinkLostException");
        forget();
        send(onLink, 1);
        connect("b", there, 0);
        loop.run(() -> ours.send(new byte[1], Completion.IGNORED));
        loop.runReady();
        assertThat(log).containsExactly(start + " b closed NoRouteToHostException");
        loop.runUntilIdle();
        assertThat(log)
                .anyMatch(line -> line.endsWith("b received 1"))
                .anyMatch(line -> line.endsWith("b closed SocketTimeoutException"));
        connected("b", "a");
    }

    @Test
    void aConnectionBeingOpenedFailsWhenItsAddressIsGone() {
        lan();
        connect("a", "b");
        node("a").removeAddress(node("a").addresses().get(0));
        loop.runUntilIdle();
        assertThat(log).containsExactly("0 a closed LinkLostException");
    }

    @Test
    void anAddressBelongsToOneNode() {
        InetAddress address = node("a").addresses().get(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node("b").addAddress(address))
                .withMessageContaining("belongs to a already");
        node("a").removeAddress(address);
        node("b").addAddress(address);
        assertThat(node("b").addresses()).hasSize(2).contains(address);
    }
}
