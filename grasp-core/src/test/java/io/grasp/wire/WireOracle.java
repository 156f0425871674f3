package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import io.grasp.model.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;

/** Properties that must hold for any bytes. Shared by the fuzz tests and by the seeded tests of the normal build. */
final class WireOracle {
    static final CborLimits LIMITS = CborLimits.DEFAULT;

    private static final MessageDecoder DECODER = new MessageDecoder(LIMITS);

    /** A message received with indefinite-length arrays can be a byte longer with definite lengths. */
    private static final MessageDecoder ROOMY_DECODER = new MessageDecoder(LIMITS.withMaxBytes(2 * LIMITS.maxBytes()));

    /** Elements of one byte each: empty arrays, a number. */
    private static final byte[] ADDED = {(byte) 0x80, (byte) 0x80, 5};

    /** An array of 23 elements, the most that fit in its first byte. */
    private static final int LONGEST_ARRAY = 0x97;

    private WireOracle() {}

    /** Decoding fails with the documented exception, or returns a well-formed message that encoding preserves. */
    static void checkMessage(byte[] bytes) {
        byte[] before = bytes.clone();
        GraspMessage message;
        try {
            message = DECODER.decode(bytes);
        } catch (MalformedMessageException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
            assertThat(e.session() == null || e.type() > MessageType.M_NOOP).isTrue();
            return;
        }
        assertThatCode(() -> CborScanner.requireSingleItem(bytes, 0, bytes.length, LIMITS))
                .doesNotThrowAnyException();
        byte[] encoded = MessageEncoder.encode(message);
        GraspMessage again = decode(encoded);
        assertThat(again).isEqualTo(message).hasSameHashCodeAs(message).hasToString(message.toString());
        assertThat(MessageEncoder.encode(again)).as("encoding is stable").isEqualTo(encoded);
        assertThat(MessagePrinter.print(encoded)).isNotEmpty();
        if (!(message instanceof Noop)) {
            checkExtension(encoded);
        }
        if (message instanceof Discovery || message instanceof Flood) {
            checkLoopCount(bytes, message);
        }
        assertThat(bytes).as("the input is unchanged").isEqualTo(before);
    }

    /** Elements that a later version may add at the end do not matter, and are kept. */
    private static void checkExtension(byte[] encoded) {
        if ((encoded[0] & 0xFF) > LONGEST_ARRAY - ADDED.length) {
            return;
        }
        byte[] extended = Arrays.copyOf(encoded, encoded.length + ADDED.length);
        extended[0] += (byte) ADDED.length;
        System.arraycopy(ADDED, 0, extended, encoded.length, ADDED.length);
        assertThat(MessageEncoder.encode(decode(extended))).isEqualTo(extended);
    }

    private static void checkLoopCount(byte[] bytes, GraspMessage message) {
        Objective first = firstObjective(message);
        int other = (first.loopCount() + 1) % (Objective.MAX_LOOP_COUNT + 1);
        byte[] changed = LoopCount.replace(bytes, other);
        assertThat(firstObjective(decode(changed))).isEqualTo(first.withLoopCount(other));
        byte[] restored = LoopCount.replace(changed, first.loopCount());
        assertThat(decode(restored)).isEqualTo(message);
        if (restored.length == bytes.length) {
            assertThat(restored).as("nothing else has changed").isEqualTo(bytes);
        }
    }

    static Objective firstObjective(GraspMessage message) {
        return message instanceof Discovery discovery ? discovery.objective() : ((Flood) message).first();
    }

    static GraspMessage decode(byte[] bytes) {
        try {
            return ROOMY_DECODER.decode(bytes);
        } catch (MalformedMessageException e) {
            throw new AssertionError("no longer a message: " + MessagePrinter.print(bytes), e);
        }
    }

    /** However a stream is split, it gives the same messages and ends in the same way. */
    static void checkStream(byte[] stream, IntSupplier chunkLengths) {
        Framed whole = frame(stream, () -> stream.length);
        assertThat(frame(stream, () -> 1)).isEqualTo(whole);
        assertThat(frame(stream, chunkLengths)).isEqualTo(whole);
        int taken = 0;
        for (CborItem message : whole.messages()) {
            assertThat(message.bytes()).isEqualTo(Arrays.copyOfRange(stream, taken, taken + message.length()));
            taken += message.length();
        }
        if (whole.failure() == null) {
            assertThat(taken + whole.pending()).isEqualTo(stream.length);
        }
    }

    static Framed frame(byte[] stream, IntSupplier chunkLengths) {
        MessageFramer framer = new MessageFramer(LIMITS);
        List<CborItem> messages = new ArrayList<>();
        CborException failure = null;
        int fed = 0;
        while (fed < stream.length) {
            int end = Math.min(stream.length, fed + Math.max(1, chunkLengths.getAsInt()));
            framer.feed(Arrays.copyOfRange(stream, fed, end));
            fed = end;
            try {
                for (byte[] next = framer.next(); next != null; next = framer.next()) {
                    messages.add(CborItem.of(next));
                }
                assertThat(framer.pendingBytes()).isLessThanOrEqualTo(LIMITS.maxBytes());
            } catch (CborException e) {
                assertThat(failure == null || failure == e)
                        .as("every later call fails too")
                        .isTrue();
                failure = e;
            }
        }
        String ending = failure == null ? null : failure.getMessage();
        return new Framed(messages, ending, framer.pendingBytes());
    }

    /** @param failure {@code null} for a stream that may continue */
    record Framed(List<CborItem> messages, String failure, int pending) {}
}
