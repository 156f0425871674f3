package io.grasp.util;

/** Recognizes TLS where it is not expected. */
public final class TlsRecords {
    private static final byte HANDSHAKE = 0x16;
    private static final byte MAJOR_VERSION = 3;
    private static final byte NEWEST_MINOR_VERSION = 4;
    /** The type and the version. */
    private static final int RECOGNIZED = 3;

    private TlsRecords() {}

    /** {@return whether the first bytes of a connection begin a TLS handshake} No GRASP message begins so. */
    public static boolean isHandshake(byte[] first) {
        return first.length >= RECOGNIZED && isLikeHandshake(first);
    }

    /** {@return whether the first bytes of a connection are too few to say whether they begin a TLS handshake} */
    public static boolean mayBecomeHandshake(byte[] first) {
        return first.length < RECOGNIZED && isLikeHandshake(first);
    }

    private static boolean isLikeHandshake(byte[] first) {
        return (first.length < 1 || first[0] == HANDSHAKE)
                && (first.length < 2 || first[1] == MAJOR_VERSION)
                && (first.length < RECOGNIZED || first[2] >= 0 && first[2] <= NEWEST_MINOR_VERSION);
    }
}
