package io.grasp.substrate.netty.quads;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts a stream of messages, each of which is one CBOR item that is encrypted on its own. The stream has no
 * framing: after each block this looks whether the item is complete. If it is, the rest of the block must be its
 * padding, or the next block if the item fills its last one; the block after the padding begins the next message, from
 * the initialization vector.
 *
 * <p>It passes on each block when it is decrypted, the last one of a message only with its padding, so that it keeps
 * less than four blocks. The receiver bounds the size of messages. Not thread-safe.
 */
public final class QuadsReader {
    private static final int BLOCK = QuadsCipher.BLOCK;
    private static final byte[] NOTHING = new byte[0];

    private final QuadsCipher cipher;
    private final CborScanner scanner = new CborScanner(CborLimits.UNBOUNDED);
    /** The block before the next one: of ciphertext, or the initialization vector. */
    private byte[] previous;
    /** What has come of the next block. */
    private byte[] rest = NOTHING;
    /** The decrypted bytes that the scanner has not read: of a head of at most 9 bytes, and one block. */
    private final byte[] window = new byte[2 * BLOCK];
    /** The offset of the window in the message. */
    private int windowStart;
    /** How much of the message is decrypted. */
    private int decrypted;
    /** The last block of a complete message that fills it, until its padding has come. */
    private byte @Nullable [] complete;

    private @Nullable QuadsException failure;

    QuadsReader(QuadsCipher cipher) {
        this.cipher = cipher;
        this.previous = cipher.iv();
    }

    /**
     * Decrypts more of the stream.
     *
     * @param received the next bytes of the stream, split anywhere
     * @return what they add to the messages, possibly nothing; what comes before a failure is returned, see
     *     {@link #failure}
     */
    public byte[] read(byte[] received) {
        if (failure != null) {
            return NOTHING;
        }
        byte[] bytes = rest.length == 0 ? received : joined(rest, received);
        int whole = bytes.length / BLOCK * BLOCK;
        rest = whole == bytes.length ? NOTHING : Arrays.copyOfRange(bytes, whole, bytes.length);
        if (whole == 0) {
            return NOTHING;
        }
        byte[] plain = cipher.decryptBlocks(bytes, whole);
        byte[] messages = new byte[whole + BLOCK]; // with a block that was complete before
        int length = 0;
        for (int block = 0; block < whole && failure == null; block += BLOCK) {
            for (int i = 0; i < BLOCK; i++) {
                plain[block + i] ^= previous[i];
            }
            System.arraycopy(bytes, block, previous, 0, BLOCK);
            length = add(Arrays.copyOfRange(plain, block, block + BLOCK), messages, length);
        }
        return Arrays.copyOf(messages, length);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** {@return the new length of the messages} */
    private int add(byte[] block, byte[] messages, int length) {
        byte[] before = complete;
        if (before != null) {
            return isPadding(block, 0) ? end(before, BLOCK, messages, length) : fail(length);
        }
        int unread = decrypted - windowStart;
        System.arraycopy(block, 0, window, unread, BLOCK);
        decrypted += BLOCK;
        int end;
        try {
            end = scanner.scan(window, -windowStart, decrypted);
        } catch (CborException e) {
            return fail(length);
        }
        if (end == CborScanner.NEED_MORE) {
            keepUnread();
            return append(block, BLOCK, messages, length);
        }
        int padding = decrypted - end;
        if (padding == 0) {
            complete = block;
            return length;
        }
        return isPadding(block, BLOCK - padding) ? end(block, BLOCK - padding, messages, length) : fail(length);
    }

    private void keepUnread() {
        int next = scanner.position();
        System.arraycopy(window, next - windowStart, window, 0, decrypted - next);
        windowStart = next;
    }

    /** Whether the rest of a block is padding: each byte says how many there are. */
    private static boolean isPadding(byte[] block, int from) {
        for (int i = from; i < BLOCK; i++) {
            if (block[i] != BLOCK - from) {
                return false;
            }
        }
        return true;
    }

    private static int append(byte[] block, int bytes, byte[] messages, int length) {
        System.arraycopy(block, 0, messages, length, bytes);
        return length + bytes;
    }

    private int end(byte[] last, int bytes, byte[] messages, int length) {
        complete = null;
        scanner.reset();
        decrypted = 0;
        windowStart = 0;
        previous = cipher.iv();
        return append(last, bytes, messages, length);
    }

    private int fail(int length) {
        failure = new QuadsException("the peer's message is not encrypted with this QUADS key");
        return length;
    }

    /** The stream has ended, which is a failure within a message. */
    public void end() {
        if (failure == null && (rest.length > 0 || decrypted > 0)) {
            failure = new QuadsException("the peer ended the connection within a QUADS message");
        }
    }

    /** {@return why the stream cannot be decrypted any more; {@code null} if it can} */
    public @Nullable QuadsException failure() {
        return failure;
    }
}
