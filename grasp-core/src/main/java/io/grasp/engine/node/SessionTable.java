package io.grasp.engine.node;

import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The Session IDs that are or recently were in use, ours and the peers' (RFC 8990 section 2.7). */
public final class SessionTable {
    private final RandomGenerator random;
    private final int capacity;
    private final SessionPlaces places;
    private final Set<SessionId> ours = new HashSet<>();
    private final Map<SessionKey, TrafficSource> theirs = new HashMap<>();
    /** The number of peers' sessions with an ID: several peers may have chosen the same. */
    private final Map<SessionId, Integer> theirIds = new HashMap<>();

    private final ExpiringSet<SessionId> recent;
    /** Separate from our own, so that peers cannot displace them. */
    private final ExpiringSet<SessionId> heard;

    private final ExpiringSet<SessionKey> ourMulticasts;

    private Predicate<TrafficSource> makeRoom = source -> false;

    /**
     * Makes an empty table.
     *
     * @param accepted the number of connections that the substrate accepts
     * @param links the links that are up
     */
    public SessionTable(
            Loop loop, RandomGenerator random, Limits limits, Timeouts timeouts, int accepted, Collection<Link> links) {
        this.random = random;
        this.places = new SessionPlaces(limits.sessions(), accepted, links);
        this.capacity = limits.sessions();
        this.recent = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
        this.heard = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
        this.ourMulticasts = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
    }

    /**
     * Sets what happens when a session finds no place.
     *
     * @param makesRoom gets the source of the new session, and returns whether it has ended another one
     */
    public void whenFull(Predicate<TrafficSource> makesRoom) {
        makeRoom = makesRoom;
    }

    /** Begins one of our sessions, which {@link #end(SessionId)} ends. */
    public SessionId begin() {
        if (!places.hasRoom() && !(makeRoom.test(TrafficSource.ofThisNode()) && places.hasRoom())) {
            throw GraspException.local(
                    GraspErrorCode.UNSPECIFIED, "all " + capacity + " sessions of this node are in use");
        }
        SessionId id = unused();
        ours.add(id);
        places.begin(TrafficSource.ofThisNode());
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
    public void heard(@Nullable SessionId id) {
        if (id != null) {
            heard.add(id);
        }
    }

    /** {@return whether a session that this node began has the ID} */
    public boolean isOurs(SessionId id) {
        return ours.contains(id);
    }

    /** Begins a peer's session, unless it is already in progress or there is no room for it. */
    public boolean beginTheirs(SessionKey key, TrafficSource source) {
        if (isTheirs(key) || !(places.hasRoom(source) || (makeRoom.test(source) && places.isLeft(source)))) {
            return false;
        }
        theirs.put(key, source);
        places.begin(source);
        theirIds.merge(key.id(), 1, Integer::sum);
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
            heard.add(key.id());
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
