package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;

/** Changes the loop count of a message that is relayed, and nothing else. */
public final class LoopCount {
    private LoopCount() {}

    /**
     * The same message with another loop count in its first objective: the only one that a relay decrements (RFC 8990
     * sections 2.5.4.4 and 2.5.6.2). Everything else stays byte for byte, so that what this node does not know passes it
     * unharmed.
     *
     * @param message an M_DISCOVERY or M_FLOOD that {@link MessageDecoder} has accepted; not changed
     * @param loopCount the new loop count, 0 to 255
     * @return the changed message
     * @throws IllegalArgumentException if the message is another
     */
    public static byte[] replace(byte[] message, int loopCount) {
        CborReader in = new CborReader(message, 0, message.length, CborLimits.UNBOUNDED);
        try {
            enterFirstObjective(in);
            in.skip(); // name
            in.skip(); // flags
            int from = in.position();
            in.skip();
            int to = in.position();
            CborWriter out = new CborWriter();
            out.writeEncoded(message, 0, from);
            out.writeUnsigned(loopCount);
            out.writeEncoded(message, to, message.length - to);
            return out.toByteArray();
        } catch (CborException e) {
            throw new IllegalArgumentException("not a message with a loop count: " + e.getMessage(), e);
        }
    }

    private static void enterFirstObjective(CborReader in) throws CborException {
        ArrayElements elements = ArrayElements.begin(in);
        long type = elements.next().readUnsigned();
        elements.next().skip(); // session
        elements.next().skip(); // initiator
        if (type == MessageType.M_FLOOD) {
            elements.next().skip(); // ttl
            while (!elements.nextIsTaggedObjective()) {
                elements.next().skip();
            }
            elements = ArrayElements.begin(elements.next());
        } else if (type != MessageType.M_DISCOVERY) {
            throw new IllegalArgumentException("nobody relays " + MessageType.name((int) type));
        }
        ArrayElements.begin(elements.next());
    }
}
