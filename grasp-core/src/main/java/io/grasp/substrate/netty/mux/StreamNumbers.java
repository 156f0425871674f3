package io.grasp.substrate.netty.mux;

import java.util.Set;
import java.util.TreeSet;

/**
 * The numbers of the streams that one end opens. They are used in order, and then again from the first: whether one
 * number is before another is decided in the half of the circle behind the later one (as RFC 1982 does).
 *
 * <p>The end that opens the streams uses a number again only if no frame of the stream that had it can still arrive.
 * Before it enters either half of the numbers again, it waits for a PING to come back: then everything has arrived that
 * the peer sent on streams that had ended by then. It skips the numbers of the streams that had not.
 */
final class StreamNumbers {
    /** How many numbers each end has. */
    static final int ALL = 1 << 30;

    private final int all;
    private final int first;
    private final Set<Integer> skipped = new TreeSet<>();
    private int last = -1;
    private boolean usedUpOnce;
    private boolean checked = true;

    /**
     * @param opener the end that opens the streams
     * @param all how many numbers there are, a power of two
     */
    StreamNumbers(MuxRole opener, int all) {
        this.first = opener == MuxRole.INITIATOR ? 1 : 2;
        this.all = all;
    }

    /** {@return whether a number is one of this end's} */
    boolean owns(int number) {
        return number != 0 && ((number - first) & 1) == 0 && indexOf(number) < all;
    }

    private int indexOf(int number) {
        return (number - first) >>> 1;
    }

    private int numberOf(int index) {
        return 2 * index + first;
    }

    /** {@return the number that was used last, 0 if none was} */
    int last() {
        return last < 0 ? 0 : numberOf(last);
    }

    /** {@return whether a number comes after another one} An end that has used none yet gives 0 as the other one. */
    boolean isAfter(int number, int other) {
        int otherIndex = other == 0 ? -1 : indexOf(other);
        int distance = (indexOf(number) - otherIndex) & (all - 1);
        return distance != 0 && distance <= all / 2;
    }

    /** {@return whether a number may belong to a stream that has ended} */
    boolean wasUsed(int number) {
        if (!usedUpOnce) {
            return indexOf(number) <= last;
        }
        return !isAfter(number, last());
    }

    /** Notes that the peer has used a number, which comes after the last one. */
    void use(int number) {
        int index = indexOf(number);
        usedUpOnce |= index < last;
        last = index;
    }

    /**
     * {@return whether the next number may be used only after a PING has come back}
     */
    boolean needsPing() {
        int next = nextIndex();
        return (usedUpOnce || next < last) && next % (all / 2) == 0 && !(checked && next == entered);
    }

    private int entered = -1;

    /**
     * The PING has come back.
     *
     * @param open the numbers of the streams that have not ended
     */
    void pingCameBack(Set<Integer> open) {
        skipped.clear();
        open.forEach(number -> skipped.add(indexOf(number)));
        checked = true;
        entered = nextIndex();
    }

    /** {@return the next number} Called only if no PING is needed. */
    int next() {
        int next = nextIndex();
        usedUpOnce |= next < last;
        last = next;
        return numberOf(next);
    }

    private int nextIndex() {
        return (last + 1) & (all - 1);
    }
}
