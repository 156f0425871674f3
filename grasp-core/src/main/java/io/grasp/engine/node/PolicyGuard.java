package io.grasp.engine.node;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.PeerIdentity;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.security.PeerPolicy;
import java.util.Locale;
import java.util.Set;

/** Asks the operator's policy about what peers do. ASAs of this node may do everything. */
public final class PolicyGuard {
    private final PeerPolicy policy;
    private final GraspObserver observer;

    PolicyGuard(PeerPolicy policy, GraspObserver observer) {
        this.policy = policy;
        this.observer = observer;
    }

    /** {@return whether every peer may do everything} */
    public boolean permitsAll() {
        return policy == PeerPolicy.ALL;
    }

    /** {@return the key of a flood of these objectives} */
    public MulticastKey keyOf(SessionKey session, Set<String> objectives) {
        return permitsAll() ? MulticastKey.of(session) : MulticastKey.withObjectives(session, objectives);
    }

    /**
     * {@return whether a discovery may at the same time be the request of its initiator} On a link it may have been
     * relayed, and what it says of its initiator proves nothing.
     */
    public boolean permitsRequest(MessagePath path, PeerAction action, String objective) {
        return permitsAll() || path.kind() != MessagePath.Kind.LINK && permits(path, action, objective);
    }

    /** {@return whether the peer at the other end of a path may do something} A policy that throws denies. */
    public boolean permits(MessagePath path, PeerAction action, String objective) {
        if (permitsAll() || path.kind() == MessagePath.Kind.LOOPBACK) {
            return true;
        }
        PeerIdentity peer = path.identity();
        try {
            return peer == null
                    ? policy.permitsUnauthenticated(action, objective)
                    : policy.permits(peer, action, objective);
        } catch (RuntimeException failure) {
            String verb = action.name().toLowerCase(Locale.ROOT);
            observer.handlerFailed(GraspException.local(
                            GraspErrorCode.UNSPECIFIED,
                            "the peer policy failed, so " + (peer == null ? "a peer without identity" : peer)
                                    + " may not " + verb)
                    .about(objective)
                    .causedBy(failure));
            return false;
        }
    }
}
