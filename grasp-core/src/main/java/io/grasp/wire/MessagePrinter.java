package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import java.util.HexFormat;

/** Prints the bytes of messages in human-readable form. */
public final class MessagePrinter {
    private MessagePrinter() {}

    /**
     * Prints a message as it is sent on the wire.
     *
     * @param message any bytes
     * @return the message in diagnostic notation (RFC 8949 section 8); if it is not a CBOR item, its bytes and the
     *     reason
     */
    public static String print(byte[] message) {
        try {
            return CborItem.of(message).diagnostic();
        } catch (CborException e) {
            return "h'" + HexFormat.of().formatHex(message) + "' (" + e.getMessage() + ")";
        }
    }
}
