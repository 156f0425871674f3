package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborLimits;
import io.grasp.engine.HeapUse;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageFramerTest {
    private final MessageFramer framer = new MessageFramer(CborLimits.DEFAULT);

    @Test
    void oneChunkGivesOneMessage() throws CborException {
        byte[] chunk = bytes("8100");
        framer.feed(chunk);
        assertThat(framer.pendingBytes()).isEqualTo(2);
        assertThat(framer.next()).isSameAs(chunk); // not copied
        assertThat(framer.next()).isNull();
        assertThat(framer.pendingBytes()).isZero();
    }

    @Test
    void messagesAreFoundWithinAndAcrossChunks() throws CborException {
        framer.feed(bytes("8100 821863193039 83"));
        assertThat(framer.next()).isEqualTo(bytes("8100"));
        assertThat(framer.next()).isEqualTo(bytes("821863193039"));
        assertThat(framer.next()).isNull();
        assertThat(framer.pendingBytes()).isEqualTo(1);
        framer.feed(bytes("07"));
        framer.feed(new byte[0]);
        framer.feed(bytes("08"));
        assertThat(framer.next()).isNull();
        framer.feed(bytes("19"));
        framer.feed(bytes("03e8 8100"));
        assertThat(framer.next()).isEqualTo(bytes("8307081903e8"));
        assertThat(framer.next()).isEqualTo(bytes("8100"));
        assertThat(framer.next()).isNull();
        assertThat(framer.pendingBytes()).isZero();
    }

    @Test
    void anIncompleteMessageDoesNotKeepTheMemoryOfOthers() throws CborException {
        byte[] chunk = new byte[64 << 10];
        for (int i = 0; i < chunk.length - 2; i += 2) {
            System.arraycopy(bytes("8100"), 0, chunk, i, 2);
        }
        chunk[chunk.length - 2] = (byte) 0x83;
        List<MessageFramer> framers = new ArrayList<>();
        long before = HeapUse.now();
        for (int i = 0; i < 100; i++) {
            MessageFramer each = new MessageFramer(CborLimits.DEFAULT);
            each.feed(chunk.clone());
            while (each.next() != null) {
                continue;
            }
            assertThat(each.pendingBytes()).isEqualTo(2);
            framers.add(each);
        }
        assertThat(HeapUse.now() - before).isLessThan(framers.size() * 4096L);
    }

    @Test
    void aBufferGrowsNoFurtherThanTheLongestMessage() throws CborException {
        byte[] longest = Arrays.copyOf(bytes("831863015907f9"), 2047);
        List<MessageFramer> framers = new ArrayList<>();
        long before = HeapUse.now();
        for (int i = 0; i < 1000; i++) {
            MessageFramer each = new MessageFramer(CborLimits.DEFAULT);
            for (int at : new int[] {0, 1800, 1900}) {
                each.feed(Arrays.copyOfRange(longest, at, at == 0 ? 1800 : at == 1800 ? 1900 : 2047));
                assertThat(each.next()).isNull();
            }
            framers.add(each);
        }
        assertThat((HeapUse.now() - before) / framers.size()).isLessThan(2048 + 700);
    }

    @Test
    void messagesBeforeAFailureAreDeliveredAndNoneAfterIt() throws CborException {
        framer.feed(bytes("8100 811c 8100"));
        assertThat(framer.next()).isEqualTo(bytes("8100"));
        CborException first = fails(Reason.MALFORMED, 1);
        assertThat(framer.pendingBytes()).isZero();
        framer.feed(bytes("8100"));
        assertThat(fails(Reason.MALFORMED, 1)).isSameAs(first);
        assertThat(framer.pendingBytes()).isZero();
    }

    @Test
    void theLongestMessageIsTakenAndALongerOneFailsEarly() throws CborException {
        byte[] longest = Arrays.copyOf(bytes("831863015907f9"), 2048);
        framer.feed(Arrays.copyOf(longest, 1000));
        assertThat(framer.next()).isNull();
        framer.feed(Arrays.copyOfRange(longest, 1000, 2048));
        assertThat(framer.next()).hasSize(2048);
        framer.feed(bytes("831863015907fa")); // its length is enough
        fails(Reason.TOO_LARGE, 4);
    }

    @Test
    void theNumberOfItemsIsLimited() {
        byte[] many = new byte[200];
        many[0] = (byte) 0x9F;
        MessageFramer counting = new MessageFramer(new CborLimits(2048, 32, 100));
        counting.feed(many);
        fails(counting, Reason.TOO_MANY_ITEMS, 100);
    }

    @Test
    void theDepthOfNestingIsLimited() {
        byte[] deep = new byte[33];
        Arrays.fill(deep, (byte) 0x81);
        framer.feed(deep);
        fails(Reason.TOO_DEEP, 32);
    }

    /** The cost of a byte does not grow with the amount of pending data. */
    @Test
    void feedingByteByByteIsLinear() throws CborException {
        CborLimits limits = CborLimits.DEFAULT.withMaxBytes(1 << 20);
        byte[] long1 = longMessage(50_000);
        byte[] long4 = longMessage(200_000);
        allocatedFor(limits, long1); // loads classes
        long one = allocatedFor(limits, long1);
        long four = allocatedFor(limits, long4);
        assertThat(four).isLessThan(8 * one);
    }

    private static byte[] longMessage(int length) {
        byte[] message = new byte[length];
        message[0] = (byte) 0x9F;
        message[length - 1] = (byte) 0xFF;
        return message;
    }

    private static long allocatedFor(CborLimits limits, byte[] message) throws CborException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MessageFramer framer = new MessageFramer(limits);
        long before = threads.getCurrentThreadAllocatedBytes();
        byte[] framed = null;
        for (byte b : message) {
            assertThat(framed == null).isTrue();
            framer.feed(new byte[] {b});
            framed = framer.next();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(framed).isEqualTo(message);
        return allocated;
    }

    private CborException fails(Reason reason, int offset) {
        return fails(framer, reason, offset);
    }

    private static CborException fails(MessageFramer framer, Reason reason, int offset) {
        CborException[] failure = new CborException[1];
        assertThatExceptionOfType(CborException.class)
                .isThrownBy(framer::next)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .satisfies(e -> assertThat(e.offset()).isEqualTo(offset))
                .satisfies(e -> failure[0] = e);
        return failure[0];
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
