package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import io.grasp.model.TaggedObjective;
import java.util.function.Predicate;

/** Leaves objectives out of a flood that is relayed, and changes nothing else. */
public final class FloodObjectives {
    private FloodObjectives() {}

    /**
     * The same flood without some of its objectives.
     *
     * @param flood an M_FLOOD that {@link MessageDecoder} has accepted; not changed
     * @param leftOut which objectives to leave out
     * @return the flood itself if none is left out, else what remains of it, byte for byte, in an array of known length; that is
     *     no M_FLOOD if no objective remains
     */
    public static byte[] without(byte[] flood, Predicate<TaggedObjective> leftOut) {
        CborReader in = new CborReader(flood, 0, flood.length, CborLimits.UNBOUNDED);
        CborWriter rest = new CborWriter();
        int elementsLeft = 0;
        boolean all = true;
        try {
            ArrayElements elements = ArrayElements.begin(in);
            while (elements.hasNext()) {
                int start = elements.position();
                TaggedObjective tagged = elements.nextExact(MessageBody::taggedObjective);
                if (tagged == null) {
                    elements.next().skip();
                }
                if (tagged != null && leftOut.test(tagged)) {
                    all = false;
                } else {
                    elementsLeft++;
                    rest.writeEncoded(flood, start, elements.position() - start);
                }
            }
        } catch (CborException e) {
            throw new IllegalArgumentException("not a flood: " + e.getMessage(), e);
        }
        if (all) {
            return flood;
        }
        byte[] elements = rest.toByteArray();
        CborWriter out = new CborWriter();
        out.writeArrayHeader(elementsLeft);
        out.writeEncoded(elements, 0, elements.length);
        return out.toByteArray();
    }
}
