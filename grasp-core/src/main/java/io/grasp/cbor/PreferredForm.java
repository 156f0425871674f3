package io.grasp.cbor;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Rewrites an item in the preferred serialization of RFC 8949 section 4.1: definite lengths, the shortest heads, the
 * shortest floating-point numbers that keep their value, bignums without leading zeros, and integers where a bignum is
 * not needed. Map entries keep their order. It does not recurse, so deep nesting is harmless.
 */
final class PreferredForm {
    private static final int UNSIGNED_BIGNUM = 2;
    private static final int NEGATIVE_BIGNUM = 3;
    private static final int DEFINITE = -1;

    private final byte[] bytes;
    private final Deque<Container> open = new ArrayDeque<>();
    /** The number of items in each indefinite-length container, in the order in which the containers begin. */
    private final List<Long> counts = new ArrayList<>();

    private CborWriter out = new CborWriter();
    private int position;
    private int begun;

    private PreferredForm(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Rewrites an item.
     *
     * @param item the item
     * @return its bytes in preferred form
     */
    static byte[] of(CborItem item) {
        PreferredForm form = new PreferredForm(item.bytes());
        form.write();
        if (!form.counts.isEmpty()) {
            form.write(); // now that the counts are known
        }
        return form.out.toByteArray();
    }

    private void write() {
        out = new CborWriter();
        position = 0;
        begun = 0;
        item();
        while (!open.isEmpty()) {
            Container container = open.element();
            if (container.isIndefinite() && atBreak()) {
                open.remove();
                counts.set(container.index, container.items);
            } else if (!container.isIndefinite() && container.items == container.count) {
                open.remove();
            } else {
                container.items++;
                item();
            }
        }
    }

    /** Writes a complete item, or only the head of a container. */
    private void item() {
        int initial = bytes[position] & 0xFF;
        int major = Heads.major(initial);
        long argument = Heads.argument(bytes, position);
        boolean indefinite = Heads.isIndefinite(initial);
        int head = position;
        position += Heads.length(initial);
        switch (major) {
            case Heads.UNSIGNED, Heads.NEGATIVE -> out.writeHead(major, argument);
            case Heads.BYTES, Heads.TEXT -> string(major, indefinite ? pieces() : content(argument));
            case Heads.ARRAY, Heads.MAP -> {
                long itemsEach = major == Heads.MAP ? 2 : 1;
                if (indefinite) {
                    out.writeHead(major, beginIndefinite() / itemsEach);
                } else {
                    out.writeHead(major, argument);
                    open.push(new Container(itemsEach * argument, DEFINITE));
                }
            }
            case Heads.TAG -> tag(argument);
            default -> {
                switch (Heads.info(initial)) {
                    case 25 -> out.writeHalf((int) argument);
                    case 26 -> out.writeFloat((int) argument);
                    case 27 -> out.writeDouble(argument);
                    default -> out.writeEncoded(bytes, head, position - head);
                }
            }
        }
    }

    /** {@return the number of items in the container that begins here, if it is known} */
    private long beginIndefinite() {
        int index = begun++;
        if (index == counts.size()) {
            counts.add(0L);
        }
        open.push(new Container(0, index));
        return counts.get(index);
    }

    private void tag(long number) {
        boolean bignum = number == UNSIGNED_BIGNUM || number == NEGATIVE_BIGNUM;
        int initial = bytes[position] & 0xFF;
        if (!bignum || Heads.major(initial) != Heads.BYTES) {
            out.writeHead(Heads.TAG, number);
            open.push(new Container(1, DEFINITE));
            return;
        }
        long length = Heads.argument(bytes, position);
        position += Heads.length(initial);
        byte[] content = Heads.isIndefinite(initial) ? pieces() : content(length);
        BigInteger magnitude = new BigInteger(1, content);
        if (magnitude.bitLength() <= Long.SIZE) {
            out.writeHead(number == UNSIGNED_BIGNUM ? Heads.UNSIGNED : Heads.NEGATIVE, magnitude.longValue());
        } else {
            out.writeHead(Heads.TAG, number);
            int zeros = 0;
            while (content[zeros] == 0) {
                zeros++;
            }
            string(Heads.BYTES, Arrays.copyOfRange(content, zeros, content.length));
        }
    }

    private void string(int major, byte[] content) {
        out.writeHead(major, content.length);
        out.writeEncoded(content, 0, content.length);
    }

    private byte[] content(long length) {
        byte[] content = Arrays.copyOfRange(bytes, position, position + (int) length);
        position += content.length;
        return content;
    }

    /** {@return the joined content of a string in chunks} */
    private byte[] pieces() {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        while (!atBreak()) {
            long length = Heads.argument(bytes, position);
            position += Heads.length(bytes[position] & 0xFF);
            joined.writeBytes(content(length));
        }
        return joined.toByteArray();
    }

    /** {@return whether the next byte was a break, which has then been read} */
    private boolean atBreak() {
        if ((bytes[position] & 0xFF) != Heads.BREAK) {
            return false;
        }
        position++;
        return true;
    }

    /** A container whose writing has not finished. */
    private static final class Container {
        private final long count;
        private final int index;
        private long items;

        /** @param index its index among the indefinite-length containers, or {@link #DEFINITE} */
        Container(long count, int index) {
            this.count = count;
            this.index = index;
        }

        boolean isIndefinite() {
            return index != DEFINITE;
        }
    }
}
