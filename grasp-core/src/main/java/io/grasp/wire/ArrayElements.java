package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Iterates over the elements of an array of definite or indefinite length, and identifies the next one. */
final class ArrayElements {
    /** Reads an element that is exactly as RFC 8990 defines it. */
    @FunctionalInterface
    interface Exact<T> {
        T read(CborReader in) throws CborException;
    }

    /** Not an option: not an array that begins with an option type. */
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

    /** {@return the reader, positioned at the next element, which the caller must read completely} */
    CborReader next() throws CborException {
        if (!hasNext()) {
            throw new CborException(Reason.WRONG_LENGTH, in.position());
        }
        left--;
        return in;
    }

    /** {@return the next element if it is exact; otherwise {@code null}, and it stays the next one} */
    <T> @Nullable T nextExact(Exact<T> exact) {
        if (!hasNext()) {
            return null;
        }
        int start = in.position();
        try {
            T read = exact.read(in);
            left--;
            return read;
        } catch (CborException inexact) {
            in.backTo(start);
            return null;
        }
    }

    /** {@return whether the next element is, or begins with, the expected item} */
    boolean beginsWith(Exact<?> expected) {
        if (!hasNext()) {
            return false;
        }
        try {
            expected.read(in.ahead());
            return true;
        } catch (CborException inexact) {
            return false;
        }
    }

    /** {@return the reason why the element at a position is not exact, or missing} */
    CborException whyInexact(int start, Exact<?> exact) {
        if (start == in.position()) {
            return new CborException(Reason.WRONG_LENGTH, start);
        }
        in.backTo(start);
        try {
            exact.read(in);
            throw new IllegalStateException("the element can be read exactly");
        } catch (CborException inexact) {
            return inexact;
        }
    }

    /** Requires that no elements are left, and leaves the array. */
    void end() throws CborException {
        if (hasNext()) {
            throw new CborException(Reason.WRONG_LENGTH, in.position());
        }
        if (indefinite) {
            in.readBreak();
        }
    }

    /** Reads the remaining elements, and leaves the array. */
    List<CborItem> rest() throws CborException {
        return rest(List.of());
    }

    /** Appends the remaining elements to those already read, and leaves the array. */
    List<CborItem> rest(List<CborItem> read) throws CborException {
        List<CborItem> rest = read;
        while (hasNext()) {
            rest = Lists.with(rest, next().readItem());
        }
        end();
        return rest;
    }

    /**
     * {@return the type of the next element if it is an option, otherwise {@link #NO_OPTION} (RFC 8990 section 2.9.1)}
     */
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

    /** {@return whether the next element is an objective, which begins with its name} */
    boolean nextIsObjective() throws CborException {
        CborReader ahead = in.ahead();
        return hasNext() && entersArray(ahead) && ahead.isText();
    }

    boolean nextIsBytes() {
        return hasNext() && in.isBytes();
    }

    /** {@return whether the next element is an objective with its tag, as in a flood} */
    boolean nextIsTaggedObjective() throws CborException {
        CborReader ahead = in.ahead();
        return hasNext() && entersArray(ahead) && ahead.isArray();
    }

    /** An item that follows an empty array is not in it. */
    private static boolean entersArray(CborReader ahead) throws CborException {
        return ahead.isArray() && ahead.readArrayHeader() != 0;
    }
}
