package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * The SHA-256 hash of events. The hash covers the following encoding of the events, one after the other, and not their
 * lines: it needs no decoding and printing of messages, and contains every component exactly.
 *
 * <pre>
 * time     seconds (8 bytes) and nanoseconds (4 bytes)
 * kind     its name, as a text
 * from, to, link, detail   each a text: the number of UTF-16 code units (4 bytes), and the units (2 bytes each)
 * bytes    their number (4 bytes), and the bytes
 * </pre>
 *
 * All numbers are big-endian. No encoding of an event is a prefix of another one.
 */
final class EventDigest {
    private static final int INITIAL_CAPACITY = 512;

    private final MessageDigest digest = sha256();
    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_CAPACITY);

    void add(SimEvent event) {
        String kind = event.kind().name();
        byte[] bytes = event.bytes();
        ByteBuffer out = room(Long.BYTES
                + Integer.BYTES
                + size(kind)
                + size(event.from())
                + size(event.to())
                + size(event.link())
                + size(event.detail())
                + Integer.BYTES
                + bytes.length);
        Duration at = event.at();
        out.putLong(at.getSeconds()).putInt(at.getNano());
        put(out, kind);
        put(out, event.from());
        put(out, event.to());
        put(out, event.link());
        put(out, event.detail());
        out.putInt(bytes.length).put(bytes);
        digest.update(out.flip());
    }

    /** {@return the hash of all events so far, in hex; more can be added} */
    String hex() {
        try {
            MessageDigest copy = (MessageDigest) digest.clone();
            return HexFormat.of().formatHex(copy.digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(digest.getProvider() + " cannot copy the state of a SHA-256", e);
        }
    }

    private static int size(String text) {
        return Integer.BYTES + Character.BYTES * text.length();
    }

    private static void put(ByteBuffer out, String text) {
        out.putInt(text.length());
        for (int i = 0; i < text.length(); i++) {
            out.putChar(text.charAt(i));
        }
    }

    private ByteBuffer room(int size) {
        if (buffer.capacity() < size) {
            buffer = ByteBuffer.allocate(Math.max(size, 2 * buffer.capacity()));
        }
        return buffer.clear();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
