package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import java.util.ArrayList;
import java.util.List;

/** Changes only the loop count of a relayed message. */
public final class LoopCount {
    private LoopCount() {}

    /**
     * The same message with another loop count in its first objective: the only one that a relay decrements (RFC 8990
     * sections 2.5.4.4 and 2.5.6.2). Everything else stays byte for byte, so that unknown content is relayed unchanged.
     *
     * @param message an M_DISCOVERY or M_FLOOD that {@link MessageDecoder} has accepted; not changed
     * @param loopCount the new loop count, 0 to 255
     * @return the changed message
     * @throws IllegalArgumentException if the message is of another type
     */
    public static byte[] replace(byte[] message, int loopCount) {
        CborReader in = new CborReader(message, 0, message.length, CborLimits.UNBOUNDED);
        try {
            enterFirstObjective(in);
            return replaceNext(message, in, loopCount);
        } catch (CborException e) {
            throw new IllegalArgumentException("not a message with a loop count: " + e.getMessage(), e);
        }
    }

    /** Changes the loop count in the first element that is a pair with an objective. */
    static List<CborItem> inFirstPair(List<CborItem> elements, int loopCount) {
        List<CborItem> changed = new ArrayList<>(elements);
        int first = 0;
        while (MessageBody.objectiveOfPair(elements.get(first)) == null) {
            first++;
        }
        byte[] pair = elements.get(first).bytes();
        CborReader in = new CborReader(pair, 0, pair.length, CborLimits.UNBOUNDED);
        try {
            MessageBody.enterPair(in);
            byte[] replaced = replaceNext(pair, in, loopCount);
            changed.set(first, CborItem.wrap(replaced, 0, replaced.length));
            return changed;
        } catch (CborException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] replaceNext(byte[] message, CborReader in, int loopCount) throws CborException {
        int from = in.position();
        in.skip();
        int to = in.position();
        CborWriter out = new CborWriter();
        out.writeEncoded(message, 0, from);
        out.writeUnsigned(loopCount);
        out.writeEncoded(message, to, message.length - to);
        return out.toByteArray();
    }

    private static void enterFirstObjective(CborReader in) throws CborException {
        ArrayElements elements = ArrayElements.begin(in);
        long type = elements.next().readUnsigned();
        elements.next().skip(); // session
        elements.next().skip(); // initiator
        if (type == MessageType.M_FLOOD) {
            elements.next().skip(); // ttl
            MessageBody.enterFirstOfPairs(elements);
        } else if (type == MessageType.M_DISCOVERY) {
            MessageBody.enterObjective(elements);
        } else {
            throw new IllegalArgumentException(MessageType.name((int) type) + " is never relayed");
        }
    }
}
