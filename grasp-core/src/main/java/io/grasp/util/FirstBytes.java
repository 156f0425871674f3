package io.grasp.util;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The first bytes of a connection, which wait until it is certain whether they begin a TLS handshake. */
public final class FirstBytes {
    private static final byte[] NOTHING = {};

    private byte @Nullable [] waiting = NOTHING;

    public FirstBytes() {}

    /**
     * Takes bytes in the order in which they come.
     *
     * @param more the next bytes
     * @return what can be processed now: all bytes that have waited and these, or none
     */
    public byte[] add(byte[] more) {
        byte[] before = waiting;
        if (before == null) {
            return more;
        }
        byte[] all = more;
        if (before.length > 0) {
            all = Arrays.copyOf(before, before.length + more.length);
            System.arraycopy(more, 0, all, before.length, more.length);
        }
        boolean isUncertain = TlsRecords.mayBecomeHandshake(all);
        waiting = isUncertain ? all : null;
        return isUncertain ? NOTHING : all;
    }

    /** {@return whether nothing has come yet, or not enough} */
    public boolean isUncertain() {
        return waiting != null;
    }

    /** {@return whether bytes wait} */
    public boolean areWaiting() {
        return waiting != null && waiting.length > 0;
    }
}
