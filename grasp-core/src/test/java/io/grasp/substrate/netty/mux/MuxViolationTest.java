package io.grasp.substrate.netty.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.VirtualLoop;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A peer that violates the wire format loses its connection; the reason is typed, and the peer gets it. */
class MuxViolationTest {
    private static final String PREFACE = "47524153504d555801010000 00004000 00000100 00010000";
    private static final MuxConfig CONFIG = MuxConfig.defaults()
            .withMaxStreams(10)
            .withWastedFramesPerSecond(20)
            .withMaxMessageBytes(4096);

    private final VirtualLoop loop = new VirtualLoop();
    private final MuxEnd end = new MuxEnd(loop, MuxRole.INITIATOR, CONFIG);

    private void assertViolation(MuxViolation violation) {
        assertThat(end.failure)
                .isInstanceOfSatisfying(
                        MuxProtocolException.class,
                        failure -> assertThat(failure.violation()).isEqualTo(violation));
        assertThat(end.events).containsExactly("ended");
        assertThat(end.channel.isOpen()).isFalse();
        assertThat(end.connection.streams()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_PREFACE, 16 03 01 00",
        "BAD_PREFACE, 84 01 1a",
        "BAD_PREFACE, 47 52 41 53 51",
        "UNSUPPORTED_VERSION, 47524153504d5558 02010000 00004000 00000100 00010000",
        "BAD_PREFACE, 47524153504d5558 01000000 00004000 00000100 00010000", // the same role
        "BAD_PREFACE, 47524153504d5558 01010000 000007ff 00000100 00010000", // window
        "BAD_PREFACE, 47524153504d5558 01010000 80000000 00000100 00010000",
        "BAD_PREFACE, 47524153504d5558 01010000 00004000 ffffffff 00010000", // streams
        "BAD_PREFACE, 47524153504d5558 01010000 00004000 00000000 00010000",
        "BAD_PREFACE, 47524153504d5558 01010000 00004000 00000100 000007ff", // message
    })
    void aPeerThatDoesNotMultiplexIsNoticedAtOnce(MuxViolation violation, String bytes) {
        end.receive(bytes);
        assertViolation(violation);
    }

    /** The number of streams is a bound of the peer's, up to 2^31-1. */
    @Test
    void aPeerMayTakeAnyNumberOfStreams() {
        end.receive("47524153504d5558 01010000 00004000 7fffffff 00010000");
        MuxEnd.Stream stream = end.open();
        loop.advance(Duration.ofMillis(10));
        assertThat(stream.failure).isNull();
        assertThat(stream.events).containsExactly("opened");
        end.receive("84"); // ends it
    }

    @Test
    void messagesThatAchieveNothingAreBounded() {
        end.receive(PREFACE);
        end.receive("03 02 0001 00000000 01 ".repeat(100));
        end.receive("03 02 0001 00000000 ff ".repeat(30));
        assertThat(end.channel.isOpen()).isTrue();
        loop.advance(Duration.ofSeconds(1));
        end.receive("03 02 0001 00000000 ff ".repeat(30));
        assertThat(end.channel.isOpen()).isTrue();
        end.receive("03 02 0001 00000000 ff");
        assertThat(end.failure)
                .isInstanceOfSatisfying(
                        MuxProtocolException.class,
                        failure -> assertThat(failure.violation()).isEqualTo(MuxViolation.FLOOD));
    }

    @Test
    void theReasonSaysWhatThePeerSpeaks() {
        end.receive("16");
        assertThat(end.failure).hasMessageContaining("TLS");
        MuxEnd other = new MuxEnd(loop, MuxRole.INITIATOR, CONFIG);
        other.receive("85");
        assertThat(other.failure).hasMessageContaining("GRASP message");
    }

    @ParameterizedTest
    @CsvSource({
        // lengths
        "BAD_LENGTH, 00 01 2001 00000002",
        "BAD_LENGTH, 80 00 2001 00000000",
        "BAD_LENGTH, 01 00 0003 00000001",
        "BAD_LENGTH, 02 00 0005 00000001",
        "BAD_LENGTH, 03 02 0000 00000000",
        "BAD_LENGTH, 03 02 2001 00000000",
        "BAD_LENGTH, 04 00 0007 00000000",
        "BAD_LENGTH, 05 00 0000 00000000",
        // types
        "UNKNOWN_TYPE, 06 00 0000 00000000",
        "UNKNOWN_TYPE, 7f 00 0000 00000001",
        // streams; this end has opened 1, and the peer 2 and 4, of which 2 has ended
        "BAD_STREAM, 00 00 0001 00000000",
        "BAD_STREAM, 00 00 0001 00000003", // ours, never opened
        "BAD_STREAM, 00 00 0001 00000006", // the peer's, never opened
        "BAD_STREAM, 00 00 0001 ffffffff",
        "BAD_STREAM, 00 01 0001 00000000",
        "BAD_STREAM, 00 01 0001 00000007", // opens one of ours
        "BAD_STREAM, 00 01 0001 00000004", // opens an open one
        "BAD_STREAM, 00 01 0001 00000002", // opens one that has ended
        "BAD_STREAM, 00 01 0001 80000000",
        "BAD_STREAM, 01 00 0004 00000003 00000001",
        "BAD_STREAM, 02 00 0004 00000008 00001000",
        "BAD_STREAM, 03 02 0001 00000001",
        "BAD_STREAM, 04 00 0008 00000001",
        "BAD_STREAM, 05 00 0008 00000001",
        "BAD_STREAM, 05 00 0008 00000000 00000003 00000000", // GOAWAY with a stream that was not opened
        "BAD_STREAM, 05 00 0008 00000000 00000002 00000000",
        // credit
        "BAD_CREDIT, 02 00 0004 00000001 00000000",
        "BAD_CREDIT, 02 00 0004 00000001 80000000",
        "BAD_CREDIT, 02 00 0004 00000001 7fffffff",
        "DATA_AFTER_END, 00 02 0001 00000004 00 | 00 00 0001 00000004",
        "DATA_AFTER_END, 00 02 0000 00000004 | 00 02 0000 00000004",
        "MESSAGE_TOO_LONG, 03 02 1001 00000000",
    })
    void aFrameThatViolatesTheFormatEndsTheConnection(MuxViolation violation, String frames) {
        end.receive(PREFACE);
        MuxEnd.Stream ours = end.open();
        end.receive("00 01 0001 00000002 00 | 00 02 0000 00000002 | 00 01 0001 00000004 00");
        end.accepted.get(0).close();
        end.sent();
        end.receive(frames);
        assertViolation(violation);
        assertThat(ours.failure).isSameAs(end.failure);
        assertThat(end.accepted.get(1).failure).isSameAs(end.failure);
        assertThat(end.sentHex())
                .isEqualTo(
                        String.format("0501000800000000%08x%08x", end.accepted.size() == 2 ? 4 : 0, violation.code()));
    }

    @Test
    void moreDataThanGrantedEndsTheConnection() {
        end.receive(PREFACE);
        end.receive("00 01 0000 00000002");
        end.accepted.get(0).reading(false);
        end.receive(MuxFramesTest.data(2, 8192));
        end.receive(MuxFramesTest.data(2, 8192));
        assertThat(end.events).isEmpty();
        end.receive(MuxFramesTest.data(2, 1));
        assertViolation(MuxViolation.CREDIT_EXCEEDED);
    }

    @Test
    void aNumberThatHasComeRoundAgainMayNotBeInUse() {
        MuxEnd few =
                new MuxEnd(loop, MuxRole.INITIATOR, CONFIG.withMaxStreams(2).withStreamNumbers(8));
        few.receive(PREFACE + "00 01 0000 00000002");
        for (int i = 2; i <= 8; i++) {
            few.receive(String.format("00 01 0000 %08x | 01 00 0004 %08x 00000001", 2 * i, 2 * i));
        }
        assertThat(few.failure).isNull();
        few.receive("00 01 0000 00000002");
        assertThat(few.failure)
                .isInstanceOfSatisfying(
                        MuxProtocolException.class,
                        failure -> assertThat(failure.violation()).isEqualTo(MuxViolation.BAD_STREAM));
    }

    @Test
    void whatWasUnderWayToAStreamWhenItWasAbortedIsNoFlood() {
        end.receive(PREFACE);
        end.receive("00 01 0000 00000002");
        end.accepted.get(0).abort();
        for (int i = 0; i < 128; i++) {
            end.receive(MuxFramesTest.data(2, 128)); // together, the credit of the stream
        }
        assertThat(end.failure).isNull();
        for (int i = 0; i < 31; i++) {
            end.receive(MuxFramesTest.data(2, 1));
        }
        assertViolation(MuxViolation.FLOOD);
    }

    @Test
    void manySmallFramesThatAreNotReadTakeNoMoreMemoryThanTheirBytes() {
        end.receive(PREFACE);
        end.receive("00 01 0000 00000002");
        end.accepted.get(0).reading(false);
        for (int i = 0; i < 16384; i++) {
            end.receive("00 00 0001 00000002 07");
        }
        end.accepted.get(0).reading(true);
        assertThat(end.accepted.get(0).received.size()).isEqualTo(16384);
        assertThat(end.accepted.get(0).parts).isEqualTo(1);
    }

    @Test
    void aMessageInPartsMayNotBeTooLong() {
        end.receive(PREFACE);
        for (int i = 0; i < 4; i++) {
            byte[] part = MuxFramesTest.data(0, 1024);
            part[0] = 3;
            end.receive(part);
        }
        assertThat(end.events).isEmpty();
        end.receive("03 02 0001 00000000 00");
        assertViolation(MuxViolation.MESSAGE_TOO_LONG);
        assertThat(end.messages).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a reset of a stream that has ended, 01 00 0004 00000002 00000001",
        "empty data, 00 00 0000 00000004",
        "data of a stream that has ended, 00 00 0001 00000002 00",
        "a ping, 04 00 0008 00000000 0000000000000000",
        "an answer to no ping, 04 01 0008 00000000 0000000000000001",
        "little credit, 02 00 0004 00000001 00000001",
        "credit of a stream that has ended, 02 00 0004 00000002 00001000",
        "an unknown type, c0 00 0000 00000000",
        "a GOAWAY, 05 00 0008 00000000 00000001 00000000"
    })
    void aFloodOfFramesThatAchieveNothingEndsTheConnection(String kind, String frame) {
        end.receive(PREFACE);
        end.open();
        end.receive("00 03 0000 00000002 | 00 01 0000 00000004");
        end.accepted.get(0).close();
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 30; i++) {
                end.receive(frame);
            }
            loop.advance(Duration.ofSeconds(1));
        }
        assertThat(end.failure).as(kind).isNull();
        for (int i = 0; i < 31; i++) {
            end.receive(frame);
        }
        assertThat(end.failure)
                .isInstanceOfSatisfying(
                        MuxProtocolException.class,
                        failure -> assertThat(failure.violation()).isEqualTo(MuxViolation.FLOOD));
    }

    @Test
    void aFloodOfStreamsThatAreResetAtOnceEndsTheConnection() {
        end.receive(PREFACE);
        for (int i = 1; i <= 31; i++) {
            end.receive(String.format("00 01 0000 %08x | 01 00 0004 %08x 00000001", 2 * i, 2 * i));
        }
        assertViolation(MuxViolation.FLOOD);
    }

    @Test
    void whatMayHaveBeenOnItsWayToRefusedStreamsIsBounded() {
        end.receive(PREFACE);
        for (int i = 1; i <= 10 + 300; i++) {
            if (i % 30 == 11) {
                loop.advance(Duration.ofSeconds(1));
            }
            end.receive(String.format("00 01 0000 %08x", 2 * i));
        }
        loop.advance(Duration.ofSeconds(1));
        end.receive("01 00 0004 00000100 00000001".repeat(4 * 30 + 30));
        assertThat(end.failure).isNull();
        end.receive("01 00 0004 00000100 00000001");
        assertViolation(MuxViolation.FLOOD);
    }

    @Test
    void theBytesThatMayHaveBeenOnTheirWayToRefusedStreamsAreBounded() {
        end.receive(PREFACE);
        for (int i = 1; i <= 10 + 300; i++) {
            if (i % 30 == 11) {
                loop.advance(Duration.ofSeconds(1));
            }
            end.receive(String.format("00 01 0000 %08x", 2 * i));
        }
        loop.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 2 * 30 + 30; i++) { // two for each window, and those of a second
            end.receive(MuxFramesTest.data(200, 8192));
        }
        assertThat(end.failure).isNull();
        end.receive(MuxFramesTest.data(200, 8192));
        assertViolation(MuxViolation.FLOOD);
    }

    @Test
    void aFloodOfStreamsBeyondTheLimitEndsTheConnection() {
        end.receive(PREFACE);
        for (int i = 1; i <= 40; i++) {
            end.receive(String.format("00 01 0000 %08x", 2 * i));
        }
        assertThat(end.accepted).hasSize(10);
        assertThat(end.connection.streams()).isEqualTo(10);
        end.receive(String.format("00 01 0000 %08x", 2 * 41));
        assertViolation(MuxViolation.FLOOD);
    }

    @Test
    void aPeerThatMakesThisEndReplyButDoesNotReadLosesItsConnection() {
        end.receive(PREFACE);
        end.blocked(true);
        end.sendMessage(new byte[60_000]);
        end.sendMessage(new byte[60_000]);
        assertThat(end.channel.isWritable()).isFalse();
        for (int i = 0; i <= 4096 && end.failure == null; i++) {
            end.receive("04 00 0008 00000000 0000000000000000");
            loop.advance(Duration.ofMillis(100)); // fewer than the budget of a second
        }
        assertViolation(MuxViolation.REPLIES_NOT_READ);
    }

    @Test
    void whatAPeerSaysOfOurViolationIsReported() {
        end.receive(PREFACE);
        end.receive("05 01 0008 00000000 00000000 00000007");
        assertThat(end.failure).isInstanceOf(IOException.class).hasMessageContaining("CREDIT_EXCEEDED");
        assertThat(end.events).containsExactly("ended");
    }
}
