package io.grasp.engine.node;

import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The Session IDs that are or recently were in use, ours and the peers' (RFC 8990 section 2.7). */
public final class SessionTable {
    private final RandomGenerator random;
    private final int capacity;
    private final Set<SessionId> ours = new HashSet<>();
    private final Set<SessionKey> theirs = new HashSet<>();
    /** The number of peers' sessions with an ID: several peers may have chosen the same. */
    private final Map<SessionId, Integer> theirIds = new HashMap<>();

    private final ExpiringSet<SessionId> recent;
    /** Separate from our own, so that peers cannot displace them. */
    private final ExpiringSet<SessionId> heard;

    private final ExpiringSet<SessionKey> ourMulticasts;

    public SessionTable(Loop loop, RandomGenerator random, Limits limits, Timeouts timeouts) {
        this.random = random;
        this.capacity = limits.sessions();
        this.recent = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
        this.heard = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
        this.ourMulticasts = new ExpiringSet<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
    }

    /** Begins one of our sessions, which {@link #end(SessionId)} ends. */
    public SessionId begin() {
        if (size() >= capacity) {
            throw GraspException.local(
                    GraspErrorCode.UNSPECIFIED, "all " + capacity + " sessions of this node are in use");
        }
        SessionId id = unused();
        ours.add(id);
        return id;
    }

    public void end(SessionId id) {
        if (ours.remove(id)) {
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
    public boolean beginTheirs(SessionKey key) {
        if (size() >= capacity || !theirs.add(key)) {
            return false;
        }
        theirIds.merge(key.id(), 1, Integer::sum);
        return true;
    }

    public boolean isTheirs(SessionKey key) {
        return theirs.contains(key);
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
        if (theirs.remove(key)) {
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
        return ours.size() + theirs.size();
    }
}
