package io.grasp.engine.node;

import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.substrate.Loop;
import io.grasp.util.LazyMap;
import io.grasp.util.LazySet;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The Session IDs that are or recently were in use, ours and the peers' (RFC 8990 section 2.7). */
public final class SessionTable {
    private final RandomGenerator random;
    private final int capacity;
    private final SessionPlaces places;
    private final Set<SessionId> ours = new LazySet<>();
    private final Map<SessionKey, TrafficSource> theirs = new LazyMap<>();
    /** The number of peers' sessions with an ID: several peers may have chosen the same. */
    private final Map<SessionId, Integer> theirIds = new LazyMap<>();

    private final ExpiringSet<SessionId> recent;
    /** Separate from our own, so that peers cannot displace them. */
    private final ExpiringSet<SessionId> heard;

    private final ExpiringSet<SessionKey> ourMulticasts;

    /**
     * Makes an empty table.
     *
     * @param accepted the number of connections that the substrate accepts
     * @param links the shares of the links that are up
     * @param heard empty; for the IDs that peers use or have used
     */
    public SessionTable(
            Loop loop,
            RandomGenerator random,
            Limits limits,
            Timeouts timeouts,
            int accepted,
            Collection<Integer> links,
            ExpiringSet<SessionId> heard) {
        this.random = random;
        this.places = new SessionPlaces(limits.sessions(), accepted, links);
        this.capacity = limits.sessions();
        this.recent = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
        this.heard = heard;
        this.ourMulticasts = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
    }

    /** Begins one of our sessions, which {@link #end(SessionId)} ends. */
    public SessionId begin() {
        WaitingSession displaced = null;
        if (!places.hasRoom()) {
            displaced = places.displacedBy(TrafficSource.ofThisNode());
            if (displaced == null) {
                throw GraspException.local(
                        GraspErrorCode.UNSPECIFIED, "all " + capacity + " sessions of this node are in use");
            }
        }
        SessionId id = unused();
        ours.add(id);
        places.begin(TrafficSource.ofThisNode()); // before the other one ends, so that nothing else takes the place
        if (displaced != null) {
            giveWay(displaced, false);
        }
        return id;
    }

    public void end(SessionId id) {
        if (ours.remove(id)) {
            places.end(TrafficSource.ofThisNode());
            recent.add(id);
        }
    }

    /** {@return an ID for a message that does not begin a lasting session} */
    public SessionId unused() {
        while (true) {
            SessionId id = new SessionId(random.nextInt() & SessionId.MAX_VALUE);
            if (!isKnown(id) && recent.add(id)) {
                return id;
            }
        }
    }

    /** {@return whether an active session, or a peer's recent session, has the ID} */
    private boolean isKnown(SessionId id) {
        return ours.contains(id) || theirIds.containsKey(id) || heard.contains(id);
    }

    /** Notes that a peer uses the ID, if there is one, possibly only for one message. */
    public void heard(@Nullable SessionId id, TrafficSource source) {
        if (id != null) {
            heard.add(id, source);
        }
    }

    /** {@return whether a session that this node began has the ID} */
    public boolean isOurs(SessionId id) {
        return ours.contains(id);
    }

    /** Begins a peer's session, unless it is already in progress or there is no room for it. */
    public boolean beginTheirs(SessionKey key, TrafficSource source) {
        if (isTheirs(key)) {
            return false;
        }
        WaitingSession displaced = null;
        if (!places.hasRoom(source)) {
            displaced = places.displacedBy(source);
            if (displaced == null) {
                return false;
            }
        }
        add(key, source);
        if (displaced != null) {
            giveWay(displaced, false);
        }
        return true;
    }

    /** The same for a session whose source may be forged, so that no other session gives way to it. */
    public boolean beginUnproven(SessionKey key, TrafficSource source) {
        boolean begins = !isTheirs(key) && places.hasRoom(source);
        if (begins) {
            add(key, source);
        }
        return begins;
    }

    private void add(SessionKey key, TrafficSource source) {
        theirs.put(key, source);
        places.begin(source);
        theirIds.merge(key.id(), 1, Integer::sum);
    }

    private static void giveWay(WaitingSession session, boolean abrupt) {
        SafeCallbacks.run(() -> session.giveWay(abrupt));
    }

    /**
     * Lists a peer's session as long as it waits, because the peer has asked for time (M_WAIT).
     *
     * @return its place in the list, to leave it
     */
    public Cancellable waits(SessionKey key, WaitingSession session) {
        TrafficSource source = theirs.get(key);
        return source == null ? () -> {} : places.waits(source, session);
    }

    /**
     * Lists one of our sessions as long as it waits, because its peer has asked for time (M_WAIT).
     *
     * @return its place in the list, to leave it
     */
    public Cancellable oursWaits(TrafficSource peer, WaitingSession session) {
        return places.oursWaits(peer, session);
    }

    /** {@return how many of the connections that the substrate accepts are guaranteed to each link} */
    public int partOfConnections() {
        return places.partOfConnections();
    }

    /** Resets the connection of a session that waits for one of a source; {@return whether there was one} */
    public boolean resetFor(TrafficSource source) {
        return reset(places.displacedByConnection(source));
    }

    /** Resets the connection of a session that waits, of a source itself; {@return whether there was one} */
    public boolean resetOldestOf(TrafficSource source) {
        return reset(places.oldestOf(source));
    }

    private static boolean reset(@Nullable WaitingSession session) {
        if (session == null) {
            return false;
        }
        giveWay(session, true);
        return true;
    }

    public boolean isTheirs(SessionKey key) {
        return theirs.containsKey(key);
    }

    /**
     * {@return whether a peer's request is discarded because its Session ID is active here (RFC 8990 section 2.8.6)}
     * The ASAs of one node share the node's IDs, so requests between them do not clash.
     *
     * @param withinNode whether the peer is an ASA of this node
     */
    public boolean clashes(SessionKey key, boolean withinNode) {
        return (!withinNode && isOurs(key.id())) || isTheirs(key);
    }

    public void endTheirs(SessionKey key) {
        TrafficSource source = theirs.remove(key);
        if (source != null) {
            places.end(source);
            theirIds.computeIfPresent(key.id(), (id, count) -> count == 1 ? null : count - 1);
            heard.add(key.id(), source);
        }
    }

    public void rememberMulticast(SessionId id, InetAddress initiator) {
        ourMulticasts.add(new SessionKey(id, initiator));
    }

    public boolean isOurMulticast(SessionId id, InetAddress initiator) {
        return ourMulticasts.contains(new SessionKey(id, initiator));
    }

    public int size() {
        return places.used();
    }
}
