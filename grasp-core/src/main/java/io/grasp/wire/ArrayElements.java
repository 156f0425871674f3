package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborReader;

/** Walks over the elements of an array, of known or of indefinite length. */
final class ArrayElements {
    private final CborReader in;
    private final boolean indefinite;
    private long left;

    private ArrayElements(CborReader in, long count) {
        this.in = in;
        this.indefinite = count == CborReader.INDEFINITE;
        this.left = count;
    }

    static ArrayElements begin(CborReader in) throws CborException {
        return new ArrayElements(in, in.readArrayHeader());
    }

    boolean hasNext() {
        return indefinite ? !in.isBreak() : left > 0;
    }

    /** {@return the reader, positioned at the next element, which the caller reads whole} */
    CborReader next() throws CborException {
        if (!hasNext()) {
            throw new CborException(Reason.UNEXPECTED_TYPE, in.position());
        }
        left--;
        return in;
    }

    /** Requires that there are no more elements. */
    void end() throws CborException {
        if (hasNext()) {
            throw new CborException(Reason.UNEXPECTED_TYPE, in.position());
        }
        if (indefinite) {
            in.readBreak();
        }
    }
}
