package io.grasp.substrate.netty.mux;

/** What the first byte of a peer that does not multiplex suggests about it. */
final class PeerSpeech {
    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int CBOR_MAJOR_TYPE = 0xE0;
    private static final int CBOR_ARRAY = 0x80;

    private PeerSpeech() {}

    static String of(byte first) {
        int value = first & 0xFF;
        if (value == TLS_HANDSHAKE || value == TLS_ALERT) {
            return "its first byte is that of TLS";
        }
        if ((value & CBOR_MAJOR_TYPE) == CBOR_ARRAY) {
            return "its first byte is that of a GRASP message";
        }
        return "its first bytes are not the preface";
    }
}
