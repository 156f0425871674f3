package io.grasp.engine.node;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;

/** Refuses to send what peers with the limits of this node would drop as malformed. */
final class OutgoingCheck {
    private final CborLimits limits;
    private final CborScanner scanner;

    OutgoingCheck(CborLimits limits) {
        this.limits = limits;
        this.scanner = new CborScanner(limits);
    }

    /**
     * Checks an encoded message, or an item of a raw channel.
     *
     * @param longest the maximum number of bytes
     * @param what what it is, for the error
     * @return the same bytes
     * @throws GraspException if it is longer, is nested deeper, has more items, or is not CBOR
     */
    byte[] requireAcceptable(byte[] encoded, int longest, String what) {
        if (encoded.length > longest) {
            throw tooMuch(what, longest + " bytes, this one has " + encoded.length);
        }
        scanner.limits(longest > limits.maxBytes() ? limits.withMaxBytes(longest) : limits);
        scanner.reset();
        try {
            if (scanner.scan(encoded, 0, encoded.length) == encoded.length) {
                return encoded;
            }
        } catch (CborException e) {
            if (e.reason() == CborException.Reason.TOO_DEEP) {
                throw tooMuch(what, limits.maxDepth() + " levels of arrays, maps and tags, this one has more");
            }
            if (e.reason() == CborException.Reason.TOO_MANY_ITEMS) {
                throw tooMuch(what, limits.maxItems() + " CBOR items, this one has more");
            }
            throw malformed(what).causedBy(e);
        }
        throw malformed(what);
    }

    private static GraspException tooMuch(String what, String limit) {
        return GraspException.local(GraspErrorCode.UNSPECIFIED, what + " is limited to " + limit);
    }

    private static GraspException malformed(String what) {
        return GraspException.local(GraspErrorCode.CBOR_FAIL, what + " has content that is not one CBOR item");
    }
}
