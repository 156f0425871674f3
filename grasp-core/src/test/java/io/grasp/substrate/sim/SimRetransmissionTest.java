package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.substrate.Connection;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams on routes that lose, corrupt and delay data. */
class SimRetransmissionTest extends SimFixture {
    private static final Duration MILLIS_100 = Duration.ofMillis(100);

    private SimLink lan(LinkConditions conditions) {
        SimLink lan = link("lan", LinkKind.DATAGRAM, conditions, "a", "b");
        start("a", "b");
        return lan;
    }

    private List<Long> millis(Duration start, Kind kind) {
        return millisSince(start, events(kind));
    }

    @Test
    void theRetransmissionTimeoutDoublesUntilTheConnectionFails() {
        lan(DELAYED);
        Connection ours = connected("a", "b");
        network.partition(List.of(node("a")));
        Duration start = network.now();
        send(ours, 10);
        loop.runUntilIdle();
        assertThat(millis(start, Kind.RETRANSMITTED))
                .containsExactly(200L, 600L, 1400L, 3000L, 6200L, 12_600L, 25_400L, 51_000L);
        assertThat(millis(start, Kind.TIMED_OUT)).containsExactly(102_200L);
        assertThat(log).containsExactly(start.plusMillis(102_200).toMillis() + " a closed SocketTimeoutException");
        assertThat(node("a").openConnections()).isZero();
        assertThat(node("b").openConnections()).isOne(); // it has not noticed anything
    }

    @Test
    void theRetransmissionTimeoutIsCappedAndTheRetriesAreASetting() {
        network.setTcp(new SimTcp(MILLIS_100, Duration.ofMillis(250), 4, Duration.ofSeconds(2), 1));
        lan(DELAYED);
        Connection ours = connected("a", "b");
        network.partition(List.of(node("a")));
        Duration start = network.now();
        send(ours, 10);
        loop.runUntilIdle();
        assertThat(millis(start, Kind.RETRANSMITTED)).containsExactly(100L, 300L, 550L, 800L);
        assertThat(millis(start, Kind.TIMED_OUT)).containsExactly(1050L);
        forget();
        start = network.now();
        connect("a", "b");
        loop.runUntilIdle();
        assertThat(millis(start, Kind.RETRANSMITTED)).containsExactly(2000L);
        assertThat(millis(start, Kind.TIMED_OUT)).containsExactly(6000L);
    }

    @Test
    void theFirstRetransmissionTimeoutIsTwiceTheRoundTripTime() {
        lan(LinkConditions.PERFECT.withDelay(MILLIS_100));
        Connection ours = connected("a", "b");
        network.partition(List.of(node("a")));
        Duration start = network.now();
        send(ours, 10);
        loop.advance(Duration.ofSeconds(2));
        assertThat(millis(start, Kind.RETRANSMITTED)).containsExactly(400L, 1200L);
    }

    @Test
    void aConnectionAttemptIsRepeatedAndTimesOut() {
        lan(DELAYED);
        node("b").crash();
        forget();
        connect("a", "b");
        loop.runUntilIdle();
        assertThat(millis(Duration.ZERO, Kind.RETRANSMITTED))
                .containsExactly(1000L, 2000L, 3000L, 4000L, 5000L, 7000L, 11_000L, 19_000L, 35_000L, 67_000L);
        assertThat(millis(Duration.ZERO, Kind.TIMED_OUT)).containsExactly(131_000L);
        assertThat(log).containsExactly("131000 a closed SocketTimeoutException");
    }

    @Test
    void aConnectionAttemptSucceedsWhenTheTargetIsBack() {
        lan(DELAYED);
        node("b").crash();
        send(connect("a", "b"), 3);
        loop.advance(Duration.ofMillis(2500));
        start("b");
        loop.runUntilIdle();
        assertThat(log).containsExactly("3010 a opened", "3015 b accepted", "3015 b received 3");
    }

    @Test
    void aLostHandshakeAnswerIsRepeated() {
        SimLink lan = lan(DELAYED);
        connect("a", "b");
        loop.advance(Duration.ofMillis(4));
        lan.setConditions(DELAYED.withLoss(1)); // the SYN is in transit, the answer is not sent yet
        loop.advance(MILLIS_5);
        lan.setConditions(DELAYED);
        loop.runUntilIdle();
        assertThat(log).containsExactly("1010 a opened", "1015 b accepted");
        assertThat(events(Kind.RETRANSMITTED)).extracting(SimEvent::detail).containsExactly("SYN");
    }

    @Test
    void aCancelledConnectionAttemptIsNotRepeated() {
        lan(DELAYED);
        network.partition(List.of(node("a")));
        Connection ours = connect("a", "b");
        assertThat(network.pendingDeliveries()).isOne();
        loop.run(ours::close);
        assertThat(network.pendingDeliveries()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
        assertThat(log).containsExactly("0 a closed");
    }

    @Test
    void bytesDelayedByAPartitionArriveInOrderWhenItHeals() {
        lan(DELAYED);
        Connection ours = connected("a", "b");
        network.partition(List.of(node("a")), List.of(node("b")));
        Duration start = network.now();
        for (int length = 1; length <= 5; length++) {
            send(ours, length);
        }
        loop.advance(Duration.ofSeconds(1));
        send(ours, 6);
        network.heal();
        loop.runUntilIdle();
        long healed = start.toMillis() + 1405; // the time of the next retransmission
        assertThat(log)
                .containsExactly(
                        healed + " b received 1",
                        healed + 5 + " b received 2",
                        healed + 5 + " b received 3",
                        healed + 5 + " b received 4",
                        healed + 5 + " b received 5",
                        healed + 5 + " b received 6");
        assertThat(events(Kind.PARTITIONED)).extracting(SimEvent::detail).containsExactly("a | b");
        assertThat(events(Kind.HEALED)).hasSize(1);
    }

    @Test
    void theRetransmissionTimeoutIsResetAfterARecovery() {
        lan(DELAYED);
        Connection ours = connected("a", "b");
        for (int round = 0; round < 3; round++) {
            network.partition(List.of(node("a")));
            forget();
            Duration start = network.now();
            send(ours, 1);
            loop.advance(Duration.ofSeconds(1));
            assertThat(millis(start, Kind.RETRANSMITTED)).containsExactly(200L, 600L);
            network.heal();
            loop.runUntilIdle();
            assertThat(log).containsExactly(start.toMillis() + 1405 + " b received 1");
        }
    }

    @Test
    void bytesSentDuringARetransmissionWaitForIt() {
        lan(DELAYED);
        Connection ours = connected("a", "b");
        network.partition(List.of(node("a")));
        send(ours, 1);
        loop.advance(Duration.ofMillis(300));
        forget();
        send(ours, 2);
        loop.advance(Duration.ofSeconds(2));
        assertThat(events(Kind.RETRANSMITTED))
                .extracting(event -> event.bytes().length)
                .containsExactly(1, 1);
        network.heal();
        loop.runUntilIdle();
        assertThat(events(Kind.RETRANSMITTED))
                .extracting(event -> event.bytes().length)
                .containsExactly(1, 1, 1); // the second is sent for the first time
        assertThat(events(Kind.DATA)).hasSize(2);
    }

    @Test
    void nodesOutsideThePartitionGroupsStayConnected() {
        link("lan", LinkKind.DATAGRAM, DELAYED, "a", "b", "c", "d");
        start("a", "b", "c", "d");
        network.partition(List.of(node("a"), node("b")));
        multicast("a", 1);
        multicast("c", 2);
        loop.runUntilIdle();
        assertThat(log)
                .containsExactlyInAnyOrder(
                        "5 a linkMessage lan 1",
                        "5 b linkMessage lan 1",
                        "5 c linkMessage lan 2",
                        "5 d linkMessage lan 2");
        assertThat(events(Kind.UNREACHED)).hasSize(4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.partition(List.of(node("a")), List.of(node("a"))))
                .withMessage("a is in two groups");
    }

    @Test
    void aLossyStreamArrivesCompleteAndInOrder() {
        lan(DELAYED.withLoss(0.2).withJitter(Duration.ofMillis(20)));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        Connection ours = connect("a", "b");
        loop.runUntilIdle();
        network.observe(event -> {
            if (event.kind() == Kind.DATA) {
                received.writeBytes(event.bytes());
            }
        });
        byte[] sent = new byte[300_000];
        new Random(1).nextBytes(sent);
        send(ours, sent);
        loop.runUntilIdle();
        assertThat(received.toByteArray()).isEqualTo(sent);
        int segments = events(Kind.DATA).size();
        assertThat(segments).isEqualTo((300_000 + 1219) / 1220);
        assertThat(events(Kind.RETRANSMITTED)).hasSizeBetween(segments / 8, segments / 2);
        assertThat(events(Kind.LOST)).isEmpty();
    }

    @Test
    void aStreamIsCorruptedOnlyOnALinkThatCorrupts() {
        SimLink lan = lan(DELAYED.withCorruption(1));
        Connection ours = connected("a", "b");
        byte[] sent = new byte[3000];
        send(ours, sent);
        loop.runUntilIdle();
        assertThat(events(Kind.DATA_CORRUPTED))
                .hasSize(3)
                .noneMatch(event -> Arrays.equals(event.bytes(), new byte[event.bytes().length]));
        assertThat(sent).containsOnly(0);
        lan.setConditions(DELAYED);
        send(ours, sent);
        loop.runUntilIdle();
        assertThat(events(Kind.DATA))
                .singleElement()
                .satisfies(event -> assertThat(event.bytes()).isEqualTo(sent));
    }

    @Test
    void bandwidthDelaysSegmentsOnEachLinkInTurn() {
        link("slow", LinkKind.DATAGRAM, DELAYED.withBandwidth(8000), "a", "b");
        link("slower", LinkKind.DATAGRAM, DELAYED.withBandwidth(4000), "b", "c");
        start("a", "b", "c");
        Connection ours = connected("a", "c");
        Connection crossing = connected("b", "c");
        Duration start = network.now();
        send(ours, 100); // 100 ms on the first link, 200 ms on the second
        send(ours, 100);
        loop.advance(Duration.ofMillis(1));
        send(crossing, 10); // takes the second link before the others get there
        loop.runUntilIdle();
        assertThat(millis(start, Kind.DATA)).containsExactly(26L, 310L, 510L);
    }

    @Test
    void segmentsLostInAFullQueueAreSentAgain() {
        lan(DELAYED.withBandwidth(8_000_000).withQueueBytes(3000));
        Connection ours = connected("a", "b");
        send(ours, 20 * 1220);
        loop.runUntilIdle();
        assertThat(events(Kind.DATA)).hasSize(20);
        assertThat(events(Kind.RETRANSMITTED)).hasSizeGreaterThanOrEqualTo(18);
    }

    @Test
    void messagesOnStreamLinksAreSentAgainAndInOrder() {
        SimLink lan = link("lan", LinkKind.STREAM, DELAYED, "a", "b");
        start("a", "b");
        lan.setConditions(DELAYED.withLoss(1));
        multicast("a", 1);
        lan.setConditions(DELAYED);
        multicast("a", 2);
        loop.runUntilIdle();
        assertThat(log).containsExactly("205 b linkMessage lan 1", "205 b linkMessage lan 2");
        assertThat(events(Kind.RETRANSMITTED)).hasSize(1);
        assertThat(events(Kind.DELIVERED, "b")).hasSize(2);
    }

    @Test
    void aFailedStreamOfALinkIsReplaced() {
        link("lan", LinkKind.STREAM, DELAYED, "a", "b");
        start("a", "b");
        network.partition(List.of(node("a")));
        multicast("a", 1);
        loop.runUntilIdle();
        assertThat(millis(Duration.ZERO, Kind.TIMED_OUT)).containsExactly(102_200L);
        network.heal();
        multicast("a", 2);
        loop.runUntilIdle();
        assertThat(log).containsExactly("102205 b linkMessage lan 2");
    }

    @Test
    void aLostGracefulCloseIsSentAgain() {
        lan(DELAYED);
        Connection ours = connected("a", "b");
        network.partition(List.of(node("a")));
        Duration start = network.now();
        send(ours, 10);
        loop.run(ours::close);
        loop.advance(MILLIS_100);
        network.heal();
        loop.runUntilIdle();
        assertThat(log)
                .containsExactly(
                        start.toMillis() + " a closed",
                        start.toMillis() + 205 + " b received 10",
                        start.toMillis() + 210 + " b inputEnded");
    }

    @Test
    void anAbortDropsPendingBytesAndALostResetIsNoticedLater() {
        lan(DELAYED);
        Connection ours = connected("a", "b");
        network.partition(List.of(node("a")));
        send(ours, 10);
        loop.run(ours::abort);
        loop.runUntilIdle();
        network.heal();
        forget();
        Duration start = network.now();
        send(at("b").accepted(), 1);
        loop.runUntilIdle();
        assertThat(millis(start, Kind.RESET)).containsExactly(10L);
        assertThat(log).containsExactly(start.toMillis() + 10 + " b closed SocketException");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SimTcp(Duration.ZERO, second, 1, second, 1))
                .withMessageContaining("minRto");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SimTcp(second, MILLIS_5, 1, second, 1))
                .withMessageContaining("maxRto");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SimTcp(second, second, -1, second, 1))
                .withMessageContaining("retries -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SimTcp(second, second, 1, Duration.ZERO, 1))
                .withMessageContaining("synTimeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SimTcp(second, second, 1, second, 21))
                .withMessageContaining("synRetries 21");
    }
}
