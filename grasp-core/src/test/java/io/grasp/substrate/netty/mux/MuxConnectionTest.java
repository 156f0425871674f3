package io.grasp.substrate.netty.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.Completion;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two ends of one connection, at virtual time. */
class MuxConnectionTest {
    private MuxPair pair = new MuxPair(MuxConfig.defaults());

    private void with(MuxConfig config) {
        pair.finish();
        pair = new MuxPair(config);
    }

    @AfterEach
    void nothingIsLeft() {
        pair.finish();
    }

    private static List<String> texts(List<MuxEnd.Stream> streams) {
        return streams.stream().map(MuxEnd.Stream::text).toList();
    }

    @Test
    void eitherEndOpensStreams() {
        MuxEnd.Stream ours = pair.initiator.open();
        MuxEnd.Stream theirs = pair.acceptor.open();
        ours.send("one");
        theirs.send("two");
        pair.settle();
        assertThat(texts(pair.acceptor.accepted)).containsExactly("one");
        assertThat(texts(pair.initiator.accepted)).containsExactly("two");
        pair.acceptor.accepted.get(0).send("three");
        pair.settle();
        assertThat(ours.text()).isEqualTo("three");
        assertThat(pair.initiator.connection.streams()).isEqualTo(2);
    }

    @Test
    void aStreamWithoutAnyBytesIsOpened() {
        MuxEnd.Stream ours = pair.initiator.open();
        pair.settle();
        assertThat(ours.events).containsExactly("opened");
        assertThat(pair.acceptor.accepted).hasSize(1);
    }

    @Test
    void aStreamThatIsNotReadStopsNoOther() {
        pair.acceptor.onAccepted = stream -> {
            if (pair.acceptor.accepted.size() == 1) {
                stream.reading(false);
            }
        };
        MuxEnd.Stream stalled = pair.initiator.open();
        List<String> stalledSend = stalled.send(new byte[1 << 20]);
        List<MuxEnd.Stream> others = IntStream.range(0, 50)
                .mapToObj(i -> pair.initiator.open(new byte[40_000]))
                .toList();
        pair.settle();
        assertThat(stalledSend).isEmpty();
        assertThat(pair.acceptor.accepted.get(0).received.size()).isZero();
        assertThat(pair.acceptor.accepted.subList(1, 51))
                .allSatisfy(stream -> assertThat(stream.received.size()).isEqualTo(40_000));
        others.forEach(MuxEnd.Stream::close);
        pair.acceptor.accepted.get(0).reading(true);
        pair.settle();
        assertThat(stalledSend).containsExactly("sent");
        assertThat(pair.acceptor.accepted.get(0).received.size()).isEqualTo(1 << 20);
    }

    @Test
    void streamsTakeTurnsWhenTheSocketIsSlow() {
        pair.settle();
        pair.initiator.blocked(true);
        pair.initiator.call(() -> {
            for (int i = 0; i < 6; i++) {
                pair.initiator.open(new byte[16_000]);
            }
            pair.initiator.open(new byte[] {1});
        });
        assertThat(pair.initiator.channel.isWritable()).isFalse();
        pair.initiator.blocked(false);
        List<Integer> order = new ArrayList<>();
        byte[] sent = pair.initiator.sent();
        for (int at = 0; at < sent.length; ) {
            order.add(sent[at + 7] & 0xFF);
            at += 8 + ((sent[at + 2] & 0xFF) << 8 | (sent[at + 3] & 0xFF));
        }
        assertThat(order).containsExactly(1, 3, 5, 7, 9, 11, 13, 1, 3, 5, 7, 9, 11);
        pair.acceptor.receive(sent);
        assertThat(pair.acceptor.accepted).hasSize(7);
    }

    @Test
    void queuesAreBoundedWhenTheSocketTakesNothing() {
        pair.settle();
        pair.initiator.blocked(true);
        for (int i = 0; i < 100; i++) {
            pair.initiator.open(new byte[16_000]);
        }
        long queued = pair.initiator.channel.unsafe().outboundBuffer().totalPendingWriteBytes();
        assertThat(queued).isBetween(64L << 10, 2 * (64L << 10));
        List<List<String>> messages = IntStream.range(0, 10)
                .mapToObj(i -> pair.initiator.sendMessage(new byte[60_000]))
                .toList();
        assertThat(messages.subList(0, 4)).allMatch(List::isEmpty);
        assertThat(messages.subList(4, 10)).allMatch(sent -> sent.equals(List.of("MuxOverflowException")));
        pair.initiator.call(() -> pair.initiator.connection.sendControlMessage(new byte[1], Completion.IGNORED));
        pair.initiator.blocked(false);
        pair.settle();
        assertThat(messages.subList(0, 4)).allMatch(sent -> sent.equals(List.of("sent")));
        assertThat(pair.acceptor.messages).hasSize(5).endsWith(new byte[1]);
        assertThat(pair.acceptor.accepted.size()).isEqualTo(100);
        assertThat(pair.acceptor.accepted).allMatch(stream -> stream.received.size() == 16_000);
    }

    @Test
    void messagesAndStreamsShareTheSocket() {
        pair.settle();
        MuxEnd.Stream stream = pair.initiator.open(new byte[16_000]);
        byte[] message = new byte[64 << 10];
        message[60_000] = 7;
        List<String> sent = pair.initiator.sendMessage(message);
        assertThat(pair.initiator.sendMessage(new byte[(64 << 10) + 1]))
                .as("longer than the peer takes")
                .containsExactly("MuxOverflowException");
        pair.settle();
        assertThat(sent).containsExactly("sent");
        assertThat(pair.acceptor.messages).containsExactly(message);
        assertThat(pair.acceptor.accepted.get(0).received.size()).isEqualTo(16_000);
        stream.abort();
        assertThatThrownBy(() -> pair.initiator.sendMessage(new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMessageBeforeThePrefaceWaitsIfThePeerMayNotTakeIt() {
        List<String> small = pair.initiator.sendMessage(new byte[2048]);
        List<String> large = pair.initiator.sendMessage(new byte[2049]);
        List<String> tooLarge = pair.initiator.sendMessage(new byte[70_000]);
        pair.initiator.sent();
        assertThat(small).containsExactly("sent");
        assertThat(large).isEmpty();
        pair.carry(pair.acceptor, pair.initiator);
        assertThat(large).containsExactly("sent");
        assertThat(tooLarge).containsExactly("MuxOverflowException");
    }

    @Test
    void aStreamBeyondTheLimitWaitsForAnotherToEnd() {
        with(MuxConfig.defaults().withMaxStreams(2).withMaxWaitingStreams(1));
        pair.settle();
        MuxEnd.Stream first = pair.initiator.open();
        MuxEnd.Stream second = pair.initiator.open();
        MuxEnd.Stream third = pair.initiator.open();
        MuxEnd.Stream fourth = pair.initiator.open();
        third.send("third");
        pair.settle();
        assertThat(pair.acceptor.accepted).hasSize(2);
        assertThat(third.events).isEmpty();
        assertThat(fourth.events).containsExactly("closed");
        assertThat(fourth.failure).isInstanceOf(MuxOverflowException.class);
        first.close();
        pair.acceptor.accepted.get(0).close();
        pair.settle();
        assertThat(third.events).containsExactly("opened");
        assertThat(texts(pair.acceptor.accepted)).containsExactly("", "", "third");

        MuxEnd.Stream fifth = pair.initiator.open();
        fifth.close();
        assertThat(fifth.events).as("given up while it waits").containsExactly("closed");
        second.abort();
        pair.settle();
        assertThat(pair.acceptor.accepted).hasSize(3);
        assertThat(pair.acceptor.accepted.get(1).failure).isInstanceOf(MuxResetException.class);
    }

    @Test
    void whatIsSentWhenAllStreamsAreOpenedComesAfterThem() {
        with(MuxConfig.defaults().withMaxStreams(1));
        pair.settle();
        MuxEnd.Stream first = pair.initiator.open(new byte[] {1});
        MuxEnd.Stream second = pair.initiator.open(new byte[] {2});
        MuxEnd.Stream third = pair.initiator.open(new byte[] {3});
        List<Integer> acceptedBefore = new ArrayList<>();
        pair.initiator.call(() -> pair.initiator.connection.whenOpened(() -> {
            acceptedBefore.add(pair.acceptor.accepted.size());
            pair.initiator.connection.sendControlMessage(new byte[] {9}, Completion.IGNORED);
        }));
        pair.settle();
        assertThat(pair.acceptor.messages).isEmpty();
        third.abort();
        pair.settle();
        assertThat(acceptedBefore).as("one still waits").isEmpty();
        pair.acceptor.onAccepted = stream -> assertThat(pair.acceptor.messages).isEmpty();
        first.close();
        pair.acceptor.accepted.get(0).close();
        pair.settle();
        assertThat(second.events).containsExactly("opened");
        assertThat(pair.acceptor.accepted).hasSize(2);
        assertThat(acceptedBefore).containsExactly(1);
        assertThat(pair.acceptor.messages).containsExactly(new byte[] {9});
    }

    @Test
    void theEndOfTheLastStreamIsReportedOutsideOfAllCalls() {
        List<Integer> left = new ArrayList<>();
        pair.initiator.connection.whenUnused(() -> left.add(pair.initiator.connection.streams()));
        MuxEnd.Stream first = pair.initiator.open();
        MuxEnd.Stream second = pair.initiator.open();
        pair.settle();
        first.abort();
        pair.settle();
        assertThat(left).isEmpty();
        pair.initiator.call(() -> {
            second.connection.abort();
            assertThat(left).isEmpty();
        });
        pair.settle();
        assertThat(left).containsExactly(0);
        MuxEnd.Stream third = pair.acceptor.open();
        pair.settle();
        third.close();
        pair.initiator.accepted.get(0).close();
        pair.settle();
        assertThat(left).containsExactly(0, 0);
        pair.initiator.call(
                () -> { // there is one again before it is reported
                    pair.initiator.open().connection.abort();
                    pair.initiator.open();
                });
        pair.settle();
        assertThat(left).containsExactly(0, 0);
    }

    @Test
    void streamsThatThePeerTakesDoNotCountAsWaiting() {
        with(MuxConfig.defaults().withMaxStreams(8).withMaxWaitingStreams(1));
        pair.settle();
        List<MuxEnd.Stream> together = new ArrayList<>();
        pair.initiator.call(() -> {
            for (int i = 0; i < 10; i++) {
                together.add(pair.initiator.open());
            }
        });
        pair.settle();
        assertThat(together.subList(0, 8)).allMatch(stream -> stream.events.equals(List.of("opened")));
        assertThat(together.get(8).events).isEmpty();
        assertThat(together.get(9).events).containsExactly("closed");
    }

    @Test
    void aStreamOpenedBeforeThePrefaceIsRefusedBeyondTheLimit() {
        with(MuxConfig.defaults().withMaxStreams(2));
        List<MuxEnd.Stream> early =
                IntStream.range(0, 3).mapToObj(i -> pair.initiator.open()).toList();
        pair.settle();
        assertThat(early.get(1).events).containsExactly("opened");
        assertThat(early.get(2).failure).isInstanceOf(MuxResetException.class).hasMessageContaining("has refused");
    }

    /** Opens 200 streams again and again, and aborts those that the peer has not refused. */
    private void openInVain(int rounds) {
        for (int i = 0; i < rounds; i++) {
            List<MuxEnd.Stream> streams = IntStream.range(0, 200)
                    .mapToObj(each -> pair.initiator.open(new byte[10]))
                    .toList();
            pair.settle();
            streams.forEach(MuxEnd.Stream::abort);
            pair.pass(Duration.ofMillis(50));
        }
    }

    @Test
    void streamsThatAreAbortedFastEndNoOther() {
        MuxEnd.Stream other = pair.initiator.open(new byte[10]);
        openInVain(50);
        assertThat(pair.acceptor.accepted.size())
                .as("400, after one second 400 more, and again")
                .isBetween(3 * OpeningPace.MOST, 3 * OpeningPace.MOST + 200);
        assertThat(pair.acceptor.failure).isNull();
        assertThat(other.events).containsExactly("opened");
    }

    @Test
    void streamsThatThePeerRefusesAreOpenedAgainNoFasterThanItTolerates() {
        MuxEnd.Stream other = pair.initiator.open(new byte[10]);
        pair.settle();
        pair.acceptor.admits = false;
        openInVain(50);
        assertThat(pair.acceptor.failure).isNull();
        assertThat(other.events).containsExactly("opened");
        MuxEnd.Stream waits = pair.initiator.open();
        pair.acceptor.admits = true;
        pair.settle();
        assertThat(waits.events).isEmpty();
        pair.pass(Duration.ofSeconds(1));
        assertThat(waits.events).containsExactly("opened");
    }

    @Test
    void aStreamThatIsClosedWhileItWaitsForThisEndIsNotThePeersFault() {
        pair.settle();
        for (int i = 0; i < 2; i++) {
            IntStream.range(0, 200).forEach(each -> {
                MuxEnd.Stream stream = pair.initiator.open(new byte[10]);
                pair.loop.runReady();
                stream.abort();
            });
        }
        MuxEnd.Stream waits = pair.initiator.open("late".getBytes(StandardCharsets.US_ASCII));
        waits.close();
        pair.loop.advance(Duration.ofMillis(1_500)); // the PING is on its way for that time
        assertThat(waits.events).isEmpty();
        pair.settle();
        assertThat(last(pair.acceptor.accepted).text()).isEqualTo("late");
        last(pair.acceptor.accepted).close();
        pair.settle();
        assertThat(waits.events).containsExactly("opened", "inputEnded", "closed");
        assertThat(waits.failure).isNull();
    }

    /** Otherwise no stream would be opened to it any more. */
    @Test
    void aPeerThatDoesNotAnswerThePingOfAPauseIsGivenUpAlsoIfItSendsSomethingElse() {
        pair.settle();
        for (int i = 0; i < 400; i++) {
            MuxEnd.Stream stream = pair.initiator.open(new byte[10]);
            pair.loop.runReady();
            stream.abort();
        }
        MuxEnd.Stream waits = pair.initiator.open();
        pair.initiator.sent();
        for (int seconds = 0; seconds < 39; seconds++) {
            pair.acceptor.sendMessage(new byte[] {1});
            pair.carry(pair.acceptor, pair.initiator);
            pair.loop.advance(Duration.ofSeconds(1));
        }
        assertThat(pair.initiator.events).isEmpty();
        pair.acceptor.sendMessage(new byte[] {1});
        pair.carry(pair.acceptor, pair.initiator);
        pair.loop.advance(Duration.ofSeconds(1));
        assertThat(waits.failure).isInstanceOf(SocketTimeoutException.class).hasMessageContaining("PING");
        assertThat(pair.initiator.failure).isSameAs(waits.failure);
    }

    /** The network holds everything up, and then delivers it at once. */
    @Test
    void abortedStreamsThatArriveAtOnceAreNoFlood() {
        pair.settle();
        for (int i = 0; i < 100; i++) {
            IntStream.range(0, 200).forEach(each -> {
                MuxEnd.Stream stream = pair.initiator.open(new byte[10]);
                pair.loop.runReady();
                stream.abort();
            });
            pair.loop.advance(Duration.ofMillis(100));
        }
        pair.settle();
        assertThat(pair.acceptor.accepted.size()).isBetween(OpeningPace.MOST, OpeningPace.MOST + 200);
        openInVain(25);
        assertThat(pair.acceptor.failure).isNull();
        assertThat(pair.acceptor.accepted.size()).isGreaterThan(2 * OpeningPace.MOST);
    }

    /** The opener cannot pace what the other end aborts, and what it has sent meanwhile is no waste either. */
    @Test
    void streamsThatTheirAcceptorAbortsAreNoFlood() {
        for (int round = 0; round < 10; round++) {
            List<MuxEnd.Stream> streams = IntStream.range(0, 200)
                    .mapToObj(each -> pair.initiator.open(new byte[10]))
                    .toList();
            pair.settle();
            pair.acceptor.accepted.forEach(MuxEnd.Stream::abort);
            streams.forEach(MuxEnd.Stream::close);
            pair.settle();
        }
        assertThat(pair.acceptor.accepted.size()).isEqualTo(2000);
        assertThat(pair.initiator.failure).isNull();
        assertThat(pair.acceptor.failure).isNull();
    }

    @Test
    void numbersRollOver() {
        with(MuxConfig.defaults().withMaxStreams(4).withStreamNumbers(16));
        MuxEnd.Stream lasting = pair.initiator.open();
        MuxEnd.Stream lastingOfPeer = pair.acceptor.open();
        for (int round = 0; round < 100; round++) {
            String text = "session " + round;
            MuxEnd.Stream ours = pair.initiator.open(text.getBytes(StandardCharsets.US_ASCII));
            MuxEnd.Stream theirs = pair.acceptor.open(text.getBytes(StandardCharsets.US_ASCII));
            pair.settle();
            MuxEnd.Stream accepted = last(pair.acceptor.accepted);
            MuxEnd.Stream acceptedOfPeer = last(pair.initiator.accepted);
            assertThat(accepted.text()).isEqualTo(text);
            assertThat(acceptedOfPeer.text()).isEqualTo(text);
            if (round % 3 == 0) {
                accepted.abort();
                acceptedOfPeer.abort();
            } else if (round % 3 == 1) {
                ours.abort();
                theirs.abort();
            } else {
                List.of(ours, theirs, accepted, acceptedOfPeer).forEach(MuxEnd.Stream::close);
            }
            if (round == 50) {
                lasting.close();
                pair.acceptor.accepted.get(0).close();
            }
            pair.settle();
            assertThat(ours.events).endsWith("closed");
            assertThat(theirs.events).endsWith("closed");
        }
        lastingOfPeer.send("still there");
        pair.settle();
        assertThat(pair.initiator.accepted.get(0).text()).isEqualTo("still there");
        assertThat(pair.initiator.events).isEmpty();
    }

    private static MuxEnd.Stream last(List<MuxEnd.Stream> streams) {
        return streams.get(streams.size() - 1);
    }

    @Test
    void aNumberIsNotUsedAgainBeforeWhatWasSentOnItHasArrived() {
        with(MuxConfig.defaults().withMaxStreams(2).withStreamNumbers(8));
        pair.settle();
        // The peer sends on each stream, but for a while nothing of it arrives.
        for (int i = 0; i < 8; i++) {
            MuxEnd.Stream stream = pair.initiator.open("x".getBytes(StandardCharsets.US_ASCII));
            pair.carry(pair.initiator, pair.acceptor);
            last(pair.acceptor.accepted).send("stale");
            stream.abort();
            pair.carry(pair.initiator, pair.acceptor);
        }
        MuxEnd.Stream next = pair.initiator.open("y".getBytes(StandardCharsets.US_ASCII));
        pair.carry(pair.initiator, pair.acceptor);
        assertThat(next.events).as("all numbers were used once").isEmpty();
        pair.settle();
        assertThat(next.events).containsExactly("opened");
        assertThat(next.text()).isEmpty();
        assertThat(last(pair.acceptor.accepted).text()).isEqualTo("y");
    }

    @Test
    void aStreamIsHalfClosed() {
        MuxEnd.Stream ours = pair.initiator.open("ask".getBytes(StandardCharsets.US_ASCII));
        pair.settle();
        MuxEnd.Stream theirs = pair.acceptor.accepted.get(0);
        theirs.close();
        pair.settle();
        assertThat(ours.events).containsExactly("opened", "inputEnded");
        assertThat(theirs.events).containsExactly("received");
        List<String> sent = ours.send(new byte[100_000]);
        pair.settle();
        assertThat(sent).containsExactly("sent");
        assertThat(theirs.received.size()).isEqualTo(100_003);
        ours.close();
        pair.settle();
        assertThat(ours.events).containsExactly("opened", "inputEnded", "closed");
        assertThat(theirs.events).containsExactly("received", "inputEnded", "closed");
        assertThat(theirs.failure).isNull();
    }

    @Test
    void aClosedStreamWaitsForItsPeerOnlySoLong() {
        MuxEnd.Stream ours = pair.initiator.open();
        pair.settle();
        ours.close();
        pair.pass(Duration.ofMillis(900));
        assertThat(ours.events).containsExactly("opened");
        pair.pass(Duration.ofMillis(200));
        assertThat(ours.events).containsExactly("opened", "closed");
        assertThat(ours.failure).isNull();
        MuxEnd.Stream theirs = pair.acceptor.accepted.get(0);
        assertThat(theirs.events).containsExactly("inputEnded");
        theirs.send("late");
        pair.settle();
        assertThat(theirs.events).containsExactly("inputEnded", "closed");
        assertThat(theirs.failure).isInstanceOf(MuxResetException.class);
    }

    @Test
    void aStreamThatLingersEndsInGoodOrderIfThePeerSendsNothing() {
        with(MuxConfig.defaults().withMaxStreams(1));
        MuxEnd.Stream ours = pair.initiator.open();
        pair.settle();
        ours.close();
        pair.pass(Duration.ofMillis(1100));
        MuxEnd.Stream waits = pair.initiator.open();
        pair.settle();
        assertThat(waits.events).as("the peer's one stream has not ended").isEmpty();
        pair.acceptor.accepted.get(0).close();
        pair.settle();
        assertThat(pair.acceptor.accepted.get(0).failure).isNull();
        assertThat(waits.events).containsExactly("opened");
    }

    @Test
    void aClosedStreamWaitsOnlySoLongForItsBytesToBeRead() {
        pair.acceptor.onAccepted = stream -> stream.reading(false);
        MuxEnd.Stream ours = pair.initiator.open(new byte[100_000]);
        ours.close();
        pair.pass(Duration.ofMillis(1100));
        assertThat(ours.events).containsExactly("opened", "closed");
        assertThat(ours.failure).hasMessageContaining("took too long");
        assertThat(pair.acceptor.accepted.get(0).failure).isInstanceOf(MuxResetException.class);
    }

    @Test
    void aClosedStreamWaitsAsLongAsItsBytesAreRead() {
        pair.acceptor.onAccepted = stream -> stream.reading(false);
        MuxEnd.Stream ours = pair.initiator.open(new byte[100_000]);
        ours.close();
        pair.pass(Duration.ofMillis(10));
        MuxEnd.Stream theirs = pair.acceptor.accepted.get(0);
        for (int slow = 0; slow < 8; slow++) { // each time a window of 16 KiB
            pair.pass(Duration.ofMillis(900));
            theirs.reading(true);
            theirs.onReceived = self -> self.reading(false);
        }
        theirs.onReceived = self -> {};
        theirs.reading(true);
        pair.pass(Duration.ofMillis(10));
        theirs.close();
        pair.pass(Duration.ofMillis(10));
        assertThat(theirs.received.size()).isEqualTo(100_000);
        assertThat(ours.failure).isNull();
        assertThat(ours.events).endsWith("closed");
    }

    @Test
    void thePeerOfAClosedStreamHasTheWholeTimeAfterTheLastBytes() {
        pair.acceptor.onAccepted = stream -> stream.reading(false);
        MuxEnd.Stream ours = pair.initiator.open(new byte[20_000]);
        ours.close();
        pair.pass(Duration.ofMillis(900));
        pair.acceptor.accepted.get(0).reading(true);
        pair.pass(Duration.ofMillis(900));
        assertThat(pair.acceptor.accepted.get(0).events).containsExactly("received", "inputEnded");
        assertThat(ours.events).containsExactly("opened");
        pair.pass(Duration.ofMillis(200));
        assertThat(ours.events).containsExactly("opened", "closed");
        assertThat(ours.failure).isNull();
    }

    @Test
    void aClosedStreamWaitsOnlySoLongToBeOpened() {
        with(MuxConfig.defaults().withMaxStreams(1));
        pair.settle();
        pair.initiator.open();
        MuxEnd.Stream waits = pair.initiator.open(new byte[1]);
        waits.close();
        pair.pass(Duration.ofMillis(1100));
        assertThat(waits.events).containsExactly("closed");
        assertThat(waits.failure).isNotNull();
        assertThat(pair.acceptor.accepted).hasSize(1);
    }

    @Test
    void aSilentPeerIsPingedAndKept() {
        pair.settle();
        pair.pass(Duration.ofMinutes(10));
        assertThat(pair.initiator.events).isEmpty();
        assertThat(pair.acceptor.events).isEmpty();
    }

    @Test
    void aDeadPeerIsGivenUp() {
        pair.settle();
        MuxEnd.Stream stream = pair.initiator.open();
        pair.loop.advance(Duration.ofMillis(39_999));
        assertThat(pair.initiator.events).isEmpty();
        pair.loop.advance(Duration.ofMillis(1));
        assertThat(pair.initiator.failure).isInstanceOf(SocketTimeoutException.class);
        assertThat(stream.failure).isSameAs(pair.initiator.failure);
    }

    @Test
    void aPeerThatSaysNothingAtFirstIsGivenUp() {
        pair.loop.advance(Duration.ofMillis(9_999));
        assertThat(pair.initiator.events).isEmpty();
        pair.loop.advance(Duration.ofMillis(1));
        assertThat(pair.initiator.failure).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void aConnectionIsIdleWithoutStreamsAndMessages() {
        long second = Duration.ofSeconds(1).toNanos();
        pair.settle();
        MuxEnd.Stream stream = pair.initiator.open();
        pair.pass(Duration.ofSeconds(2));
        assertThat(pair.initiator.connection.isIdleFor(second)).isFalse();
        stream.abort();
        pair.pass(Duration.ofMillis(999));
        assertThat(pair.initiator.connection.isIdleFor(second)).isFalse();
        pair.pass(Duration.ofMillis(1));
        assertThat(pair.initiator.connection.isIdleFor(second)).isTrue();
        assertThat(pair.acceptor.connection.isIdleFor(second)).isTrue();
        pair.initiator.sendMessage(new byte[1]);
        pair.settle();
        assertThat(pair.initiator.connection.isIdleFor(second)).isFalse();
        assertThat(pair.acceptor.connection.isIdleFor(second)).isFalse();
    }

    @Test
    void aConnectionIsNotIdleAndDoesNotCloseWhileMessagesWait() {
        long second = Duration.ofSeconds(1).toNanos();
        pair.settle();
        pair.initiator.blocked(true);
        for (int i = 0; i < 4; i++) {
            pair.initiator.sendMessage(new byte[60_000]);
        }
        pair.loop.advance(Duration.ofSeconds(2));
        assertThat(pair.initiator.connection.isIdleFor(second)).isFalse();
        List<String> closed = pair.initiator.close();
        pair.settle();
        pair.initiator.blocked(false);
        pair.settle();
        assertThat(closed).as("at once, when the last one is sent").containsExactly("closed");
        assertThat(pair.acceptor.messages).hasSize(4);
        assertThat(pair.initiator.failure).isNull();
        assertThat(pair.acceptor.failure).isNull();
    }

    @Test
    void aGracefulCloseLetsStreamsEnd() {
        MuxEnd.Stream ours = pair.initiator.open("work".getBytes(StandardCharsets.US_ASCII));
        pair.settle();
        List<String> closed = pair.acceptor.close();
        MuxEnd.Stream unseen = pair.initiator.open(); // crosses with the GOAWAY
        pair.settle();
        assertThat(pair.initiator.events).containsExactly("goingAway");
        assertThat(unseen.failure).isInstanceOf(MuxResetException.class).hasMessageContaining("takes no more streams");
        assertThat(pair.initiator.open().failure).isInstanceOf(MuxResetException.class);
        assertThat(pair.acceptor.open().failure).isInstanceOf(MuxResetException.class);
        assertThat(pair.initiator.connection.isOpen()).isFalse();

        pair.acceptor.accepted.get(0).send("done");
        pair.acceptor.accepted.get(0).close();
        pair.settle();
        assertThat(ours.text()).isEqualTo("done");
        assertThat(closed).isEmpty();
        ours.close();
        pair.settle();
        assertThat(ours.failure).isNull();
        assertThat(closed).containsExactly("closed");
        assertThat(pair.acceptor.events).containsExactly("ended");
        assertThat(pair.acceptor.failure).isNull();
        assertThat(pair.initiator.events).containsExactly("goingAway", "ended");
        assertThat(pair.initiator.failure).isNull();
    }

    @Test
    void aGracefulCloseEndsInTime() {
        MuxEnd.Stream ours = pair.initiator.open();
        pair.settle();
        List<String> closed = pair.initiator.close();
        pair.initiator.close();
        pair.pass(Duration.ofMillis(1100));
        assertThat(closed).containsExactly("closed");
        assertThat(ours.failure).isNotNull();
        assertThat(pair.acceptor.accepted.get(0).failure).isInstanceOf(MuxResetException.class);
        assertThat(pair.acceptor.failure).isNull();
    }

    @Test
    void aGracefulCloseDoesNotWaitForADeadPeer() {
        pair.settle();
        List<String> closed = pair.initiator.close();
        pair.loop.advance(Duration.ofMillis(1000));
        assertThat(closed).containsExactly("closed");
        assertThat(pair.initiator.failure).isNull();
        assertThat(pair.initiator.close()).containsExactly("closed");
    }

    @Test
    void bothEndsMayCloseAtOnce() {
        pair.settle();
        List<String> ours = pair.initiator.close();
        List<String> theirs = pair.acceptor.close();
        pair.settle();
        assertThat(ours).containsExactly("closed");
        assertThat(theirs).containsExactly("closed");
        assertThat(pair.initiator.failure).isNull();
        assertThat(pair.acceptor.failure).isNull();
    }

    @Test
    void aBrokenConnectionFailsItsStreamsAndMessages() {
        MuxEnd.Stream ours = pair.initiator.open();
        pair.settle();
        pair.initiator.blocked(true);
        List<String> flushed = ours.send(new byte[100_000]);
        pair.initiator.sendMessage(new byte[60_000]);
        List<String> sent = pair.initiator.sendMessage(new byte[60_000]);
        pair.initiator.disconnect();
        pair.initiator.blocked(false);
        assertThat(flushed).containsExactly("failed");
        assertThat(sent).hasSize(1).doesNotContain("sent");
        assertThat(ours.failure).isNotNull();
        assertThat(pair.initiator.failure).isNotNull();
        assertThat(ours.send(new byte[1])).containsExactly("failed");
        assertThat(pair.initiator.sendMessage(new byte[1])).containsExactly("IOException");
    }

    @Test
    void anAbortGivesItsReason() {
        MuxEnd.Stream ours = pair.initiator.open();
        pair.settle();
        IllegalStateException revoked = new IllegalStateException("revoked");
        pair.initiator.call(() -> pair.initiator.connection.abort(revoked));
        assertThat(pair.initiator.failure).isSameAs(revoked);
        assertThat(ours.failure).isSameAs(revoked);
        pair.settle();
        assertThat(pair.acceptor.failure).isNotNull();
        assertThat(pair.acceptor.accepted.get(0).failure).isNotNull();
    }

    @Test
    void aListenerThatThrowsHarmsNoOther() {
        List<Throwable> reported = Collections.synchronizedList(new ArrayList<>());
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler((on, thrown) -> reported.add(thrown));
        try {
            pair.acceptor.onAccepted = stream -> {
                if (pair.acceptor.accepted.size() == 1) {
                    throw new IllegalStateException("no");
                }
            };
            MuxEnd.Stream refused = pair.initiator.open();
            MuxEnd.Stream works = pair.initiator.open("x".getBytes(StandardCharsets.US_ASCII));
            pair.settle();
            assertThat(reported).hasSize(1);
            assertThat(refused.failure).isInstanceOf(MuxResetException.class);
            assertThat(works.events).containsExactly("opened");
            assertThat(pair.acceptor.accepted.get(1).text()).isEqualTo("x");
            pair.acceptor.accepted.remove(0);
        } finally {
            thread.setUncaughtExceptionHandler(before);
        }
    }
}
