package io.grasp.substrate.netty.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.VirtualLoop;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of each frame, written by hand from docs/multiplexing.md. */
class MuxFramesTest {
    private static final String MAGIC = "47524153504d5558";
    private static final String PREFACE_OF_INITIATOR = MAGIC + "01 00 0000 00004000 00000100 00010000";
    private static final String PREFACE_OF_ACCEPTOR = MAGIC + "01 01 0000 00004000 00000100 00010000";

    private final VirtualLoop loop = new VirtualLoop();
    private final MuxEnd end = new MuxEnd(loop, MuxRole.INITIATOR, MuxConfig.defaults());

    private static String hex(String spaced) {
        return HexFormat.of().formatHex(MuxEnd.bytes(spaced));
    }

    private void exchangePrefaces() {
        assertThat(end.sentHex()).isEqualTo(hex(PREFACE_OF_INITIATOR));
        end.receive(PREFACE_OF_ACCEPTOR);
        assertThat(end.sentHex()).isEmpty();
    }

    @Test
    void theAcceptorSendsItsPrefaceUnasked() {
        MuxEnd acceptor = new MuxEnd(loop, MuxRole.ACCEPTOR, MuxConfig.defaults());
        assertThat(acceptor.sentHex()).isEqualTo(hex(PREFACE_OF_ACCEPTOR));
    }

    @Test
    void aSessionTakesOneFrameForEachMessage() {
        exchangePrefaces();
        MuxEnd.Stream stream = end.open("ab".getBytes(StandardCharsets.US_ASCII));
        assertThat(end.sentHex()).as("OPEN").isEqualTo(hex("00 01 0002 00000001 6162"));
        end.receive("00 02 0002 00000001 6364");
        assertThat(stream.events).containsExactly("opened", "received", "inputEnded");
        assertThat(stream.text()).isEqualTo("cd");
        stream.close();
        assertThat(end.sentHex()).as("END").isEqualTo(hex("00 02 0000 00000001"));
        assertThat(stream.events).endsWith("closed");
        assertThat(stream.failure).isNull();
    }

    @Test
    void aStreamIsOpenedBeforeThePrefaceOfThePeerHasCome() {
        MuxEnd.Stream stream = end.open();
        call(() -> {
            stream.connection.send(new byte[] {1}, failure -> {});
            stream.connection.close();
        });
        assertThat(end.sentHex()).isEqualTo(hex(PREFACE_OF_INITIATOR + "00 01 0000 00000001 | 00 02 0001 00000001 01"));
        MuxEnd.Stream next = end.open();
        assertThat(end.sentHex()).as("the next number").isEqualTo(hex("00 01 0000 00000003"));
        next.close();
        assertThat(end.sentHex()).isEqualTo(hex("00 02 0000 00000003"));
    }

    @Test
    void anEndThatFollowsTheLastBytesNeedsNoWriteOfItsOwn() {
        exchangePrefaces();
        end.onAccepted = stream ->
                stream.onReceived = self -> self.connection.send(new byte[] {2}, flushed -> self.connection.close());
        end.wire.writes = 0;
        end.receive("00 01 0001 00000002 01");
        assertThat(end.sentHex()).isEqualTo(hex("00 00 0001 00000002 02 | 00 02 0000 00000002"));
        assertThat(end.wire.writes).isEqualTo(1);
    }

    @Test
    void theEndOfAStreamAndTheNextOneShareAWrite() {
        exchangePrefaces();
        MuxEnd.Stream first = end.open(new byte[] {1});
        end.sent();
        first.onReceived = self -> {
            end.loop.execute(() -> end.open(new byte[] {3}));
            self.connection.close();
        };
        end.wire.writes = 0;
        end.receive("00 02 0001 00000001 02");
        assertThat(end.sentHex()).isEqualTo(hex("00 02 0000 00000001 | 00 01 0001 00000003 03"));
        assertThat(end.wire.writes).isEqualTo(1);
    }

    private void call(Runnable engine) {
        end.call(engine);
    }

    @Test
    void theAcceptorOpensStreamsWithEvenNumbers() {
        MuxEnd acceptor = new MuxEnd(loop, MuxRole.ACCEPTOR, MuxConfig.defaults());
        acceptor.sent();
        acceptor.open();
        acceptor.open();
        assertThat(acceptor.sentHex()).isEqualTo(hex("00 01 0000 00000002 | 00 01 0000 00000004"));
    }

    @Test
    void anAbortIsAReset() {
        exchangePrefaces();
        MuxEnd.Stream stream = end.open();
        end.sent();
        stream.abort();
        assertThat(end.sentHex()).isEqualTo(hex("01 00 0004 00000001 00000001"));
        assertThat(stream.events).containsExactly("opened", "closed");
    }

    @Test
    void aRefusedStreamIsReset() {
        exchangePrefaces();
        end.admits = false;
        end.receive("00 01 0001 00000002 ff");
        assertThat(end.sentHex()).isEqualTo(hex("01 00 0004 00000002 00000002"));

        MuxEnd.Stream stream = end.open();
        end.receive("01 00 0004 00000001 00000002");
        assertThat(stream.failure).isInstanceOf(MuxResetException.class).hasMessageContaining("has refused");
    }

    @Test
    void creditIsGrantedWhenHalfOfTheWindowHasBeenRead() {
        exchangePrefaces();
        end.receive("00 01 0000 00000002");
        end.receive(data(2, 8191));
        assertThat(end.sentHex()).isEmpty();
        end.receive(data(2, 1));
        assertThat(end.sentHex()).isEqualTo(hex("02 00 0004 00000002 00002000"));
    }

    @Test
    void aStreamSendsWhatItHasCreditFor() {
        exchangePrefaces();
        MuxEnd.Stream stream = end.open();
        end.sent();
        List<String> sent = stream.send(new byte[20_000]);
        byte[] bytes = end.sent();
        assertThat(HexFormat.of().formatHex(bytes, 0, 8)).isEqualTo(hex("00 00 2000 00000001"));
        assertThat(bytes).hasSize(2 * 8 + 16384);
        assertThat(sent).isEmpty();
        end.receive("02 00 0004 00000001 00002000");
        byte[] rest = end.sent();
        assertThat(HexFormat.of().formatHex(rest, 0, 8)).isEqualTo(hex("00 00 0e20 00000001"));
        assertThat(rest).hasSize(8 + 3616);
        assertThat(sent).containsExactly("sent");
    }

    @Test
    void aLongMessageIsSentInParts() {
        exchangePrefaces();
        assertThat(end.sendMessage(new byte[8193])).containsExactly("sent");
        byte[] bytes = end.sent();
        String hex = HexFormat.of().formatHex(bytes);
        assertThat(hex).startsWith(hex("03 00 2000 00000000 00")).endsWith(hex("03 02 0001 00000000 00"));
        end.receive("03 00 0001 00000000 0a | 03 02 0002 00000000 0b0c | 03 02 0001 00000000 0d");
        assertThat(end.messages).containsExactly(MuxEnd.bytes("0a0b0c"), MuxEnd.bytes("0d"));
    }

    @Test
    void aPingComesBack() {
        exchangePrefaces();
        end.receive("04 00 0008 00000000 0102030405060708");
        assertThat(end.sentHex()).isEqualTo(hex("04 01 0008 00000000 0102030405060708"));
        loop.advance(Duration.ofSeconds(30));
        assertThat(end.sentHex()).as("after silence").isEqualTo(hex("04 00 0008 00000000 0000000000000001"));
    }

    @Test
    void theEndOfAConnectionIsAnnounced() {
        exchangePrefaces();
        end.receive("00 01 0000 00000002");
        end.close();
        assertThat(end.sentHex()).isEqualTo(hex("05 00 0008 00000000 00000002 00000000"));
        end.accepted.get(0).close();
        end.receive("00 02 0000 00000002");
        assertThat(end.sentHex()).isEqualTo(hex("00 02 0000 00000002 | 05 01 0008 00000000 00000002 00000000"));
        end.disconnect();
        assertThat(end.events).containsExactly("ended");
        assertThat(end.failure).isNull();
    }

    @Test
    void anUnknownFrameOfTheUpperHalfIsIgnored() {
        exchangePrefaces();
        end.receive("80 ff 0003 00000007 010203 | ff 00 0000 00000000");
        assertThat(end.events).isEmpty();
        assertThat(end.sentHex()).isEmpty();
    }

    static byte[] data(int stream, int length) {
        byte[] frame = new byte[8 + length];
        frame[2] = (byte) (length >> 8);
        frame[3] = (byte) length;
        frame[7] = (byte) stream;
        return frame;
    }

    @Test
    void dataAndMessagesTakeTurns() {
        exchangePrefaces();
        MuxEnd.Stream stream = end.open();
        end.sent();
        call(() -> {
            stream.send(new byte[16_384]);
            end.sendMessage(new byte[16_384]);
        });
        byte[] sent = end.sent();
        StringBuilder types = new StringBuilder(); // after a frame of the stream: its OPEN
        for (int at = 0; at < sent.length; at += 8 + Frames.MAX_PAYLOAD) {
            types.append(sent[at]);
        }
        assertThat(types).hasToString("3030");
    }

    @Test
    void nothingIsSentAfterTheEnd() {
        end.sendMessage(new byte[3000]); // which the peer may take, as its preface will say
        end.close();
        end.sent();
        loop.advance(Duration.ofSeconds(1));
        assertThat(end.sentHex()).isEqualTo(hex("05 01 0008 00000000 00000000 00000000"));
        end.receive(PREFACE_OF_ACCEPTOR);
        assertThat(end.sentHex()).isEmpty();
    }

    @Test
    void onlyThePingOfABarrierOpensIt() {
        MuxEnd few = new MuxEnd(
                loop, MuxRole.INITIATOR, MuxConfig.defaults().withMaxStreams(2).withStreamNumbers(8));
        few.receive(PREFACE_OF_ACCEPTOR);
        loop.advance(Duration.ofSeconds(30));
        for (int i = 0; i < 8; i++) {
            few.open(new byte[1]);
            few.sent();
            few.receive(String.format("01 00 0004 %08x 00000001", 2 * i + 1));
        }
        few.open();
        assertThat(few.sentHex()).isEqualTo(hex("04 00 0008 00000000 0000000000000002"));
        few.receive("04 01 0008 00000000 0000000000000001"); // that of the keepalive
        assertThat(few.sentHex()).isEmpty();
        few.receive("04 01 0008 00000000 0000000000000002");
        assertThat(few.sentHex()).isEqualTo(hex("00 01 0000 00000001"));
    }

    /** The listener of a stream that both ends have closed need not know yet, because other tasks delay the loop. */
    @Test
    void aPeerMayOpenAnotherStreamAsSoonAsItKnowsThatOneHasEnded() {
        MuxEnd one = new MuxEnd(loop, MuxRole.INITIATOR, MuxConfig.defaults().withMaxStreams(1));
        one.receive(PREFACE_OF_ACCEPTOR);
        one.sent();
        one.receive("00 01 0000 00000002");
        MuxEnd.Stream first = one.accepted.get(0);
        first.reading(false);
        one.receive("00 02 0001 00000002 01");
        one.call(() -> first.connection.send(new byte[] {2}, flushed -> {
            loop.execute(() -> one.channel.writeInbound(
                    Unpooled.wrappedBuffer(MuxEnd.bytes("00 01 0000 00000004")))); // before the listener reads
            first.connection.close();
        }));
        assertThat(one.sentHex()).isEqualTo(hex("00 00 0001 00000002 02 | 00 02 0000 00000002"));
        assertThat(first.events).containsExactly("received", "inputEnded", "closed");
        assertThat(one.accepted).hasSize(2);

        one.receive("00 01 0000 00000006");
        assertThat(one.sentHex()).as("refused").isEqualTo(hex("01 00 0004 00000006 00000002"));
    }
}
