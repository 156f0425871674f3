package io.grasp.engine;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The Session IDs in use and lately used, ours and the peers' (RFC 8990 section 2.7). */
final class SessionTable {
    private final RandomGenerator random;
    private final int capacity;
    private final Set<SessionId> ours = new HashSet<>();
    private final Set<SessionKey> theirs = new HashSet<>();
    private final Memory<SessionId> recent;
    private final Memory<SessionKey> ourMulticasts;

    SessionTable(Loop loop, RandomGenerator random, Limits limits, Timeouts timeouts) {
        this.random = random;
        this.capacity = limits.sessions();
        this.recent = new Memory<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
        this.ourMulticasts = new Memory<>(loop, timeouts.sessionMemory(), limits.rememberedSessions());
    }

    /** Begins a session of ours, which {@link #end(SessionId)} ends. */
    SessionId begin() {
        if (size() >= capacity) {
            throw GraspException.local(
                    GraspErrorCode.UNSPECIFIED, "all " + capacity + " sessions of this node are in use");
        }
        SessionId id = unused();
        ours.add(id);
        return id;
    }

    void end(SessionId id) {
        ours.remove(id);
    }

    /** {@return an ID for a message that begins no lasting session} */
    SessionId unused() {
        while (true) {
            SessionId id = new SessionId(random.nextInt() & SessionId.MAX_VALUE);
            if (!ours.contains(id) && recent.add(id)) {
                return id;
            }
        }
    }

    /** {@return whether a session of ours, that this node began, has the ID} */
    boolean isOurs(SessionId id) {
        return ours.contains(id);
    }

    /** Begins a peer's session, unless it is under way already or there is no room for it. */
    boolean beginTheirs(SessionKey key) {
        return size() < capacity && theirs.add(key);
    }

    boolean isTheirs(SessionKey key) {
        return theirs.contains(key);
    }

    void endTheirs(SessionKey key) {
        theirs.remove(key);
    }

    void rememberMulticast(SessionId id, InetAddress initiator) {
        ourMulticasts.add(new SessionKey(id, initiator));
    }

    boolean isOurMulticast(SessionId id, InetAddress initiator) {
        return ourMulticasts.contains(new SessionKey(id, initiator));
    }

    int size() {
        return ours.size() + theirs.size();
    }
}
