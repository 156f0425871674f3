package io.grasp.benchmarks.memory;

/** A multicast that is sent repeatedly, each time as a new session. */
public final class RepeatedMulticast {
    /**
     * The offset of the Session ID: it follows the heads of the array, of the type, and of an integer of four bytes.
     */
    private static final int SESSION_OFFSET = 3;

    private final byte[][] templates;
    private int session;
    private int next;

    /**
     * Creates the multicasts.
     *
     * @param firstSession the first Session ID, above 65535
     * @param templates the messages, in turn; their Session IDs are above 65535
     */
    public RepeatedMulticast(int firstSession, byte[]... templates) {
        this.session = firstSession;
        this.templates = templates;
    }

    /** {@return the next message, in a new array} */
    public byte[] next() {
        byte[] message = templates[next].clone();
        next = next + 1 == templates.length ? 0 : next + 1;
        int id = session++;
        for (int i = 0; i < Integer.BYTES; i++) {
            message[SESSION_OFFSET + i] = (byte) (id >>> (24 - 8 * i));
        }
        return message;
    }
}
