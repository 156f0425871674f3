package io.grasp.engine.node;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.util.IntrusiveList;
import io.grasp.util.LazyMap;
import io.grasp.util.TimerHeap;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places of sessions. A session that has begun keeps its place, so places are not all given away: each link and
 * this node have a guaranteed part, together half of all, that the others leave free. On a link, a source may begin a
 * session as long as it has no more than what is left for its link, so that something is left for the next source.
 *
 * <p>Only a session whose peer has asked for time gives way, if that gives its place to the newcomer, in this order:
 *
 * <ol>
 *   <li>one of the newcomer's own source;
 *   <li>one of the source of its link with the most sessions, if that has more than the newcomer's would have;
 *   <li>if nothing is left for its link, one of another link with more sessions than the newcomer's would have, and
 *       more than its guaranteed part;
 *   <li>one of this node's own, if those use more than this node's part, and the newcomer's link does not use its own.
 * </ol>
 *
 * A session of our own ASAs takes the place of one of a link beyond its part, or else that of another one of our own,
 * of the peer with the most of them that wait.
 */
final class SessionPlaces {
    private final int capacity;
    private final int accepted;
    private final GuaranteedParts parts;
    /** What links and this node use. */
    private final Map<Integer, LinkUse> uses = new LazyMap<>();

    private int used;

    /**
     * Makes free places.
     *
     * @param capacity the number of sessions in both roles
     * @param accepted the number of those on connections that peers have opened
     * @param links the shares of the links that are up
     */
    SessionPlaces(int capacity, int accepted, Collection<Integer> links) {
        this.capacity = capacity;
        this.accepted = accepted;
        this.parts = new GuaranteedParts(links);
    }

    /** {@return whether one of our ASAs may begin a session} Our own ASAs may use all places. */
    boolean hasRoom() {
        return used < capacity;
    }

    /** {@return whether a source may begin a session without ending another one} */
    boolean hasRoom(TrafficSource source) {
        if (isOurs(source)) {
            return hasRoom();
        }
        long left = left(source.link());
        return left > 0 && sessions(source) <= left + spareElsewhere(source.link());
    }

    private static boolean isOurs(TrafficSource source) {
        return source.link() == TrafficSource.THIS_NODE;
    }

    private long left(int link) {
        return Math.min(inAll(link), onConnections(link));
    }

    private long inAll(int link) {
        int nodesPart = Math.max(0, part() - sessions(TrafficSource.THIS_NODE));
        return (long) capacity - used - nodesPart - parts.reserved(link, part(), this::sessions);
    }

    private long onConnections(int link) {
        int ofPeers = used - sessions(TrafficSource.THIS_NODE);
        return (long) accepted - ofPeers - parts.reserved(link, partOf(accepted), this::sessions);
    }

    /** {@return the guaranteed part of each link and of this node} */
    private int part() {
        return (int) GuaranteedParts.part(capacity, parts.count() + 1);
    }

    /** {@return the guaranteed part of each link in places of which this node uses none} */
    private int partOf(int places) {
        return (int) GuaranteedParts.part(places, parts.count());
    }

    private int sessions(int link) {
        LinkUse use = uses.get(link);
        return use == null ? 0 : use.sessions;
    }

    private int sessions(TrafficSource source) {
        LinkUse link = uses.get(source.link());
        SourceUse use = link == null ? null : link.sources.get(source);
        return use == null ? 0 : use.sessions;
    }

    /** {@return how many sessions of another link would give way to those of a link, one after the other} */
    private int spareElsewhere(int link) {
        LinkUse most = mostElsewhere(link);
        return most == null ? 0 : Math.max(0, Math.min(most.waiting, most.sessions - mostKept(link)));
    }

    /** {@return up to how many sessions no link gives way to another one} */
    private int mostKept(int link) {
        int part = onConnections(link) > 0 ? part() : Math.max(part(), partOf(accepted));
        return Math.max(part, sessions(link) + 1);
    }

    /** {@return how many of the accepted connections are guaranteed to each link} */
    int partOfConnections() {
        return partOf(Math.min(accepted, capacity));
    }

    private @Nullable LinkUse mostElsewhere(int except) {
        LinkUse most = null;
        for (LinkUse each : uses.values()) {
            boolean other = each.link != except && each.link != TrafficSource.THIS_NODE;
            if (other && each.waiting > 0 && (most == null || each.sessions > most.sessions)) {
                most = each;
            }
        }
        return most;
    }

    /**
     * Chooses the session that ends so that a source may begin one; from now on it is not chosen again.
     *
     * @return the session, or {@code null} if the newcomer is refused
     */
    @Nullable
    WaitingSession displacedBy(TrafficSource source) {
        if (isOurs(source)) {
            LinkUse most = mostElsewhere(TrafficSource.THIS_NODE);
            return oldest(most != null && most.sessions > part() ? most : uses.get(TrafficSource.THIS_NODE));
        }
        SourceUse near = ofSameLink(source);
        if (near != null) {
            return near.oldest();
        }
        int link = source.link();
        if (left(link) > 0) {
            return null; // the rest is for other sources
        }
        int spare = spareElsewhere(link);
        if (spare > 0) {
            return sessions(source) <= spare ? oldest(mostElsewhere(link)) : null;
        }
        int unused = part() - sessions(link);
        boolean fits = sessions(TrafficSource.THIS_NODE) > part() && unused > 0 && onConnections(link) > 0;
        return fits && sessions(source) <= unused ? oldest(uses.get(TrafficSource.THIS_NODE)) : null;
    }

    /**
     * Chooses the session that ends so that a peer's connection finds a place; from now on it is not chosen again. Our
     * own are not on connections that peers have opened.
     *
     * @return the session, or {@code null} if the newcomer is refused
     */
    @Nullable
    WaitingSession displacedByConnection(TrafficSource source) {
        SourceUse near = ofSameLink(source);
        if (near != null) {
            return near.oldest();
        }
        LinkUse most = mostElsewhere(source.link());
        int kept = Math.max(partOfConnections(), sessions(source.link()) + 1);
        return most != null && most.sessions > kept ? most.oldest() : null;
    }

    /** Chooses the oldest session of a source that waits; {@return the session, or {@code null} if there is none} */
    @Nullable
    WaitingSession oldestOf(TrafficSource source) {
        LinkUse link = uses.get(source.link());
        SourceUse own = link == null ? null : link.sources.get(source);
        return own == null ? null : own.oldest();
    }

    private @Nullable SourceUse ofSameLink(TrafficSource source) {
        LinkUse link = uses.get(source.link());
        if (link == null) {
            return null;
        }
        SourceUse own = link.sources.get(source);
        if (own != null && own.waiting.size() > 0) {
            return own;
        }
        SourceUse most = link.byUse.first();
        return most != null && most.sessions > sessions(source) + 1 ? most : null;
    }

    private static @Nullable WaitingSession oldest(@Nullable LinkUse use) {
        return use == null ? null : use.oldest();
    }

    /** Takes a place. */
    void begin(TrafficSource source) {
        used++;
        LinkUse link = use(source.link());
        link.sessions++;
        if (!isOurs(source)) {
            SourceUse use = link.use(source);
            use.sessions++;
            use.order();
        }
    }

    /** Frees a place. */
    void end(TrafficSource source) {
        used--;
        LinkUse link = use(source.link());
        link.sessions--;
        if (!isOurs(source)) {
            SourceUse use = link.use(source);
            use.sessions--;
            use.order();
        }
        link.removeIfUnused();
    }

    /**
     * Lists a peer's session that waits.
     *
     * @return its place in the list, to leave it
     */
    Cancellable waits(TrafficSource source, WaitingSession session) {
        return new Waiting(use(source.link()).use(source), session);
    }

    /**
     * Lists one of our own sessions that waits.
     *
     * @param peer the peer that has asked for time
     * @return its place in the list, to leave it
     */
    Cancellable oursWaits(TrafficSource peer, WaitingSession session) {
        return new Waiting(use(TrafficSource.THIS_NODE).use(peer), session);
    }

    private LinkUse use(int link) {
        return uses.computeIfAbsent(link, LinkUse::new);
    }

    int used() {
        return used;
    }

    /** What a link or this node uses. */
    private final class LinkUse {
        private final int link;
        private final Map<TrafficSource, SourceUse> sources = new HashMap<>();
        /** The sources with sessions that wait, the one with the most sessions first. */
        private final TimerHeap<SourceUse> byUse = new TimerHeap<>();

        private int sessions;
        private int waiting;

        LinkUse(int link) {
            this.link = link;
        }

        SourceUse use(TrafficSource source) {
            return sources.computeIfAbsent(source, key -> new SourceUse(this, key));
        }

        @Nullable
        WaitingSession oldest() {
            SourceUse most = byUse.first();
            return most == null ? null : most.oldest();
        }

        void removeIfUnused() {
            if (sessions == 0 && sources.isEmpty()) {
                uses.remove(link);
            }
        }
    }

    /** What a source uses; for this node, the peers for which our own sessions wait. */
    private static final class SourceUse extends TimerHeap.Timer {
        private final LinkUse link;
        private final TrafficSource source;
        private final IntrusiveList<Waiting> waiting = new IntrusiveList<>();
        private int sessions;

        SourceUse(LinkUse link, TrafficSource source) {
            this.link = link;
            this.source = source;
        }

        /** The heap orders by the smallest number first. */
        void order() {
            if (waiting.size() > 0) {
                link.byUse.arm(this, -(link.link == TrafficSource.THIS_NODE ? waiting.size() : sessions));
            } else {
                link.byUse.cancel(this);
                if (sessions == 0) {
                    link.sources.remove(source);
                    link.removeIfUnused();
                }
            }
        }

        @Nullable
        WaitingSession oldest() {
            IntrusiveList.Node<Waiting> first = waiting.first();
            if (first == null) {
                return null;
            }
            Waiting oldest = first.value();
            oldest.cancel();
            return oldest.session;
        }
    }

    /** A session in the list of those that wait. */
    private static final class Waiting implements Cancellable {
        private final SourceUse source;
        private final WaitingSession session;
        private final IntrusiveList.Node<Waiting> position;
        private boolean left;

        Waiting(SourceUse source, WaitingSession session) {
            this.source = source;
            this.session = session;
            this.position = source.waiting.add(this);
            source.link.waiting++;
            source.order();
        }

        @Override
        public void cancel() {
            if (!left) {
                left = true;
                position.leave();
                source.link.waiting--;
                source.order();
            }
        }
    }
}
