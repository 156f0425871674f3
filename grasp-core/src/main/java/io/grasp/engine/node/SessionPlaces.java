package io.grasp.engine.node;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.substrate.Link;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places of sessions. A session that has begun keeps its place, so places are not all given away: each link and
 * this node have a guaranteed part, together half of all, that the others leave free. On a link, a source may begin a
 * session as long as it has no more than what is left for its link, so that something is left for the next source.
 */
final class SessionPlaces {
    private final int capacity;
    private final int accepted;
    private final Collection<Link> links;
    private final Map<Integer, Integer> ofLinks = new HashMap<>();
    private final Map<TrafficSource, Integer> ofSources = new HashMap<>();
    private int used;

    /**
     * Makes free places.
     *
     * @param capacity the number of sessions in both roles
     * @param accepted the number of those on connections that peers have opened
     * @param links the links that are up
     */
    SessionPlaces(int capacity, int accepted, Collection<Link> links) {
        this.capacity = capacity;
        this.accepted = accepted;
        this.links = links;
    }

    /** {@return whether one of our ASAs may begin a session} Our own ASAs may use all places. */
    boolean hasRoom() {
        return used < capacity;
    }

    /** {@return whether a source may begin a session} */
    boolean hasRoom(TrafficSource source) {
        return isLeft(source) && (isOurs(source) || ofSources.getOrDefault(source, 0) <= left(source));
    }

    /** {@return whether anything is left for the link of a source, however much the source has} */
    boolean isLeft(TrafficSource source) {
        return isOurs(source) ? hasRoom() : left(source) > 0;
    }

    private static boolean isOurs(TrafficSource source) {
        return source.link() == TrafficSource.THIS_NODE;
    }

    private long left(TrafficSource source) {
        int ofNode = use(TrafficSource.THIS_NODE);
        int parts = links.size() > 1 ? links.size() + 1 : 1; // unknown links count as one if there are several
        int nodesPart = Math.max(0, part(capacity, parts + 1) - ofNode);
        long inAll = (long) capacity - used - nodesPart - reserved(source.link(), part(capacity, parts + 1));
        long onConnections = (long) accepted - (used - ofNode) - reserved(source.link(), part(accepted, parts));
        return Math.min(inAll, onConnections);
    }

    private static int part(int places, int parts) {
        return places / (2 * parts);
    }

    /** {@return what the other links have not yet used of their parts} */
    private int reserved(int except, int part) {
        if (links.size() < 2) {
            return 0;
        }
        int sum = except == TrafficSource.NO_LINK ? 0 : Math.max(0, part - use(TrafficSource.NO_LINK));
        for (Link link : links) {
            sum += link.index() == except ? 0 : Math.max(0, part - use(link.index()));
        }
        return sum;
    }

    private int use(int link) {
        return ofLinks.getOrDefault(link, 0);
    }

    /** Takes a place. */
    void begin(TrafficSource source) {
        used++;
        ofLinks.merge(source.link(), 1, Integer::sum);
        if (source.link() != TrafficSource.THIS_NODE) {
            ofSources.merge(source, 1, Integer::sum);
        }
    }

    /** Frees a place. */
    void end(TrafficSource source) {
        used--;
        ofLinks.computeIfPresent(source.link(), SessionPlaces::oneLess);
        ofSources.computeIfPresent(source, SessionPlaces::oneLess);
    }

    private static <K> @Nullable Integer oneLess(K key, Integer count) {
        return count == 1 ? null : count - 1;
    }

    int used() {
        return used;
    }
}
