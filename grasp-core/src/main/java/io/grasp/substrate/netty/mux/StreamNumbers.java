package io.grasp.substrate.netty.mux;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * The numbers of the streams that one end opens. They are used in order, and then again from the first. A position
 * counts them without end.
 *
 * <p>The end that opens the streams uses a number again only if no frame of the stream that had it can still arrive.
 * Before it enters either half of the numbers again, it waits for a PING to come back: by then everything has arrived
 * that the peer had sent on streams that had ended when the PING was sent. It skips the numbers of the streams that had
 * not.
 */
final class StreamNumbers {
    /** How many numbers each end has. */
    static final int ALL = 1 << 30;

    private final int all;
    private final int first;
    private final Set<Integer> skipped = new TreeSet<>();

    /** The position of the number that was used last; -1 before the first. */
    private long last = -1;

    private long next;
    private long entered;

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

    /** {@return the number that was used last, 0 if none was} */
    int last() {
        return last < 0 ? 0 : numberOf(last);
    }

    /** {@return the position at which a number was used last; negative if it was not used} */
    long positionOf(int number) {
        return number == 0 ? -1 : last - ((last - indexOf(number)) & (all - 1));
    }

    /** {@return whether a stream has had a number} */
    boolean wasUsed(int number) {
        return positionOf(number) >= 0;
    }

    /** {@return whether the peer may use a number now: it is in the half of all numbers that follows the last one} */
    boolean follows(int number) {
        long distance = (indexOf(number) - last) & (all - 1);
        return distance != 0 && distance <= all / 2;
    }

    /** The peer has used a number, which {@linkplain #follows follows} the last one. */
    void use(int number) {
        last += (indexOf(number) - last) & (all - 1);
    }

    /** {@return whether the next number may be used only after a PING has come back} */
    boolean needsPing() {
        while (!isAtBarrier() && skipped.contains((int) (next & (all - 1)))) {
            next++;
        }
        return isAtBarrier();
    }

    private boolean isAtBarrier() {
        return next >= all && next % (all / 2) == 0 && entered != next;
    }

    /**
     * The PING has come back.
     *
     * @param open the numbers of this end's streams that have not ended
     */
    void pingCameBack(Collection<Integer> open) {
        entered = next;
        skipped.clear();
        open.forEach(number -> skipped.add(indexOf(number)));
    }

    /** {@return the next number} Called only if no PING is needed. */
    int next() {
        last = next++;
        return numberOf(last);
    }

    private int indexOf(int number) {
        return (number - first) >>> 1;
    }

    private int numberOf(long position) {
        return 2 * (int) (position & (all - 1)) + first;
    }
}
