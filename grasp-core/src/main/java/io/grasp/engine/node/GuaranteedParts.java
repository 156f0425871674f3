package io.grasp.engine.node;

import io.grasp.engine.fairness.TrafficSource;
import java.util.Collection;
import java.util.function.IntUnaryOperator;

/**
 * The rule by which places that cannot be taken back are divided: half of all are guaranteed to the links in equal
 * parts, and each link leaves free what the others have not yet used of theirs. If there are several links, unknown
 * ones have one part together; next to a single link, which has the whole half, they have none.
 */
public final class GuaranteedParts {
    private final Collection<Integer> links;

    /** @param links the shares of the links that are up, now and later */
    public GuaranteedParts(Collection<Integer> links) {
        this.links = links;
    }

    /** {@return into how many parts the links divide the guaranteed half} */
    public int count() {
        return links.size() > 1 ? links.size() + 1 : 1;
    }

    /** {@return one of some parts of the guaranteed half of all places} */
    public static long part(long places, int parts) {
        return places / (2L * parts);
    }

    /**
     * {@return what the other links have not yet used of their parts}
     *
     * @param link the share of a link, or {@link TrafficSource#NO_LINK}
     * @param part the part of each link
     * @param used what a link uses, by its share
     */
    public long reserved(int link, long part, IntUnaryOperator used) {
        boolean unknown = links.size() > 1 && link != TrafficSource.NO_LINK;
        long sum = unknown ? unused(TrafficSource.NO_LINK, part, used) : 0;
        for (int other : links) {
            sum += other == link ? 0 : unused(other, part, used);
        }
        return sum;
    }

    private static long unused(int link, long part, IntUnaryOperator used) {
        return Math.max(0, part - used.applyAsInt(link));
    }
}
