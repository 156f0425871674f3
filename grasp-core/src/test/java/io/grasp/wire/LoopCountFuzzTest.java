package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import io.grasp.model.Objective;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replacing the loop count of any message that the decoder accepts: only that number changes, and it is the one that
 * another CBOR decoder finds. The first byte of an input is the new loop count, the second one another loop count, and
 * the rest is the message.
 */
class LoopCountFuzzTest {
    private static final int COUNTS = 2;
    private static final int LARGEST_IMMEDIATE = 23;
    private static final int FIRST_OF_DISCOVERY = 3;
    private static final int FIRST_OF_FLOOD = 4;

    /** The shortest form: in one byte, or in the byte after this one. */
    private static final byte IN_NEXT_BYTE = 0x18;

    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void changesOneNumber(byte[] input) {
        if (input.length <= COUNTS) {
            return;
        }
        byte[] message = Arrays.copyOfRange(input, COUNTS, input.length);
        GraspMessage decoded;
        try {
            decoded = new MessageDecoder(WireOracle.LIMITS).decode(message);
        } catch (MalformedMessageException e) {
            return;
        }
        if (decoded instanceof Discovery || decoded instanceof Flood) {
            checkReplaced(message.clone(), message, decoded, input[0] & 0xFF, input[1] & 0xFF);
        } else {
            assertThatIllegalArgumentException().isThrownBy(() -> LoopCount.replace(message, 1));
        }
    }

    private static void checkReplaced(byte[] before, byte[] message, GraspMessage decoded, int count, int other) {
        byte[] replaced = LoopCount.replace(message, count);
        assertThat(message).as("the message that was passed").isEqualTo(before);
        Assertions.assertTrue(isReplaced(message, replaced, count), "something else has changed");
        assertThat(LoopCount.replace(LoopCount.replace(message, other), count))
                .as("another replacement in between")
                .isEqualTo(replaced);
        GraspMessage changed = WireOracle.decode(replaced);
        Objective first = WireOracle.firstObjective(decoded);
        assertThat(WireOracle.firstObjective(changed)).isEqualTo(first.withLoopCount(count));
        if (decoded instanceof Flood flood) {
            assertThat(WireOracle.decode(MessageEncoder.encode(flood.withLoopCount(count))))
                    .as("the same in the decoded flood")
                    .isEqualTo(changed);
        }
        checkWithOtherDecoder(message, replaced, count);
    }

    /** {@return whether one unsigned number of a message was replaced by another one, in its shortest form} */
    private static boolean isReplaced(byte[] message, byte[] replaced, int count) {
        byte[] number =
                count <= LARGEST_IMMEDIATE ? new byte[] {(byte) count} : new byte[] {IN_NEXT_BYTE, (byte) count};
        int same = Arrays.mismatch(message, replaced);
        for (int at = 0; at < message.length && (same < 0 || at <= same); at++) {
            int head = message[at] & 0xFF;
            int length = head <= LARGEST_IMMEDIATE ? 1 : 1 + (1 << (head - IN_NEXT_BYTE));
            int after = at + number.length;
            if (head < 0x1C
                    && after <= replaced.length
                    && at + length <= message.length
                    && Arrays.equals(replaced, at, after, number, 0, number.length)
                    && Arrays.equals(message, at + length, message.length, replaced, after, replaced.length)) {
                return true;
            }
        }
        return false;
    }

    /** Skips what that decoder refuses, although it is well-formed: text that is not UTF-8, tags that do not fit. */
    private static void checkWithOtherDecoder(byte[] message, byte[] replaced, int count) {
        CBORObject expected;
        CBORObject actual;
        try {
            expected = CBORObject.DecodeFromBytes(message);
            actual = CBORObject.DecodeFromBytes(replaced);
        } catch (CBORException e) {
            return;
        }
        CBORObject objective = firstObjective(expected);
        Assertions.assertNotNull(objective, "the other decoder finds no objective");
        objective.Set(2, CBORObject.FromObject(count));
        Assertions.assertEquals(expected, actual, "what the other decoder reads");
    }

    private static @Nullable CBORObject firstObjective(CBORObject message) {
        boolean pairs = message.get(0).AsInt32() == MessageType.M_FLOOD;
        for (int i = pairs ? FIRST_OF_FLOOD : FIRST_OF_DISCOVERY; i < message.size(); i++) {
            CBORObject element = message.get(i);
            CBORObject objective = !pairs ? element : isArray(element) && element.size() > 0 ? element.get(0) : null;
            if (objective != null && isObjective(objective)) {
                return objective;
            }
        }
        return null;
    }

    private static boolean isObjective(CBORObject item) {
        return isArray(item)
                && (item.size() == 3 || item.size() == 4)
                && item.get(0).getType() == CBORType.TextString
                && !item.get(0).isTagged()
                && isUnsigned(item.get(1))
                && item.get(1).AsNumber().CanFitInInt32()
                && isUnsigned(item.get(2));
    }

    private static boolean isArray(CBORObject item) {
        return item.getType() == CBORType.Array && !item.isTagged();
    }

    private static boolean isUnsigned(CBORObject item) {
        return item.getType() == CBORType.Integer && !item.isTagged() && !item.isNegative();
    }

    static Stream<byte[]> seeds() {
        MessageGenerator messages = new MessageGenerator(new SplittableRandom(2));
        Stream<byte[]> vectors = Vectors.all().stream().map(Vectors.Vector::bytes);
        Stream<byte[]> generated = Stream.generate(messages::next)
                .filter(message -> message instanceof Discovery || message instanceof Flood)
                .limit(60)
                .map(MessageEncoder::encode);
        return Stream.concat(vectors, generated).map(message -> {
            byte[] input = new byte[COUNTS + message.length];
            input[0] = (byte) message.length;
            input[1] = LARGEST_IMMEDIATE;
            System.arraycopy(message, 0, input, COUNTS, message.length);
            return input;
        });
    }
}
