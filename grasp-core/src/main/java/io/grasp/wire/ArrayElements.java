package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import java.util.List;

/** Walks over the elements of an array, of known or of indefinite length, and tells what the next one is. */
final class ArrayElements {
    /** No option: not an array that begins with an option type. */
    static final int NO_OPTION = -1;

    private final CborReader in;
    private final boolean indefinite;
    private int left;

    private ArrayElements(CborReader in, int count) {
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

    int position() {
        return in.position();
    }

    /** {@return the reader, at the next element, which the caller reads whole} */
    CborReader next() throws CborException {
        if (!hasNext()) {
            throw new CborException(Reason.WRONG_LENGTH, in.position());
        }
        left--;
        return in;
    }

    /** Requires that there are no more elements, and leaves the array. */
    void end() throws CborException {
        if (hasNext()) {
            throw new CborException(Reason.WRONG_LENGTH, in.position());
        }
        if (indefinite) {
            in.readBreak();
        }
    }

    /** Reads the elements that are left, and leaves the array. */
    List<CborItem> rest() throws CborException {
        List<CborItem> rest = List.of();
        while (hasNext()) {
            rest = Lists.with(rest, next().readItem());
        }
        end();
        return rest;
    }

    /** {@return the type of the option that comes next, or {@link #NO_OPTION} (RFC 8990 section 2.9.1)} */
    int nextOptionType() throws CborException {
        CborReader ahead = in.ahead();
        if (!hasNext() || !entersArray(ahead) || !ahead.isUnsigned()) {
            return NO_OPTION;
        }
        try {
            return (int) ahead.readUnsigned(Integer.MAX_VALUE);
        } catch (CborException tooGreat) {
            return NO_OPTION;
        }
    }

    /** {@return whether an objective comes next, which begins with its name} */
    boolean nextIsObjective() throws CborException {
        CborReader ahead = in.ahead();
        return hasNext() && entersArray(ahead) && ahead.isText();
    }

    boolean nextIsBytes() {
        return hasNext() && in.isBytes();
    }

    /** {@return whether an objective with its tag comes next, as in a flood} */
    boolean nextIsTaggedObjective() throws CborException {
        CborReader ahead = in.ahead();
        return hasNext() && entersArray(ahead) && ahead.isArray();
    }

    /** What follows an empty array is not in it. */
    private static boolean entersArray(CborReader ahead) throws CborException {
        return ahead.isArray() && ahead.readArrayHeader() != 0;
    }
}
