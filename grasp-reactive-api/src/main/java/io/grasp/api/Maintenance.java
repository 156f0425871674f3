package io.grasp.api;

import io.grasp.engine.GraspEngine;
import io.grasp.inspection.ForgottenPeer;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.TaggedObjective;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Actions of an operator on a running node ({@link Grasp#maintenance}). Each happens at subscription, on one turn of
 * the node's loop, and fails if the node is closed. {@link Inspection} shows their effects.
 */
public final class Maintenance {
    private static final Duration RELOAD = Duration.ofSeconds(30);

    private final Loop loop;
    private final GraspEngine engine;
    private final Scheduler scheduler;
    private final @Nullable NodeIdentity identity;

    Maintenance(Loop loop, GraspEngine engine, Scheduler scheduler, @Nullable NodeIdentity identity) {
        this.loop = loop;
        this.engine = engine;
        this.scheduler = scheduler;
        this.identity = identity;
    }

    /** {@return empties the discovery cache, and emits the number of locators that it had} */
    public Mono<Integer> flushDiscoveries() {
        return LoopFlux.call(loop, engine::flushDiscoveries);
    }

    /**
     * Empties the flood cache, also of the floods of this node's own ASAs. Floods come in again when they are repeated.
     *
     * @return the number of copies that it had
     */
    public Mono<Integer> flushFloods() {
        return LoopFlux.call(loop, engine::flushFloods);
    }

    /**
     * Removes the copies of a flooded objective from the flood cache, of all origins.
     *
     * @param flooded the objective with its tag
     * @param linkIndex the index of the link that a link-local tag is on; ignored for other tags
     * @return the number of copies that were removed, 0 if there were none
     */
    public Mono<Integer> expireFlood(TaggedObjective flooded, int linkIndex) {
        Objects.requireNonNull(flooded, "flooded");
        return LoopFlux.call(loop, () -> engine.expireFlood(flooded, linkIndex));
    }

    /**
     * Removes the copies of a flooded objective from the flood cache, of all origins.
     *
     * @param flooded the objective, with the link of its tag
     * @return the number of copies that were removed, 0 if there were none
     */
    public Mono<Integer> expireFlood(FloodedObjective flooded) {
        return expireFlood(flooded.tagged(), flooded.linkIndex());
    }

    /**
     * Forgets a peer, for example one that has failed: removes its locators and floods from the caches, and closes its
     * connections that have no session. Sessions with it go on, and the peer may come back at any time.
     *
     * @param peer its address; a scope is ignored
     * @return what was forgotten
     */
    public Mono<ForgottenPeer> forgetPeer(InetAddress peer) {
        Objects.requireNonNull(peer, "peer");
        return LoopFlux.call(loop, () -> engine.forget(peer));
    }

    /**
     * Reads the node's certificate, key and trust anchors again now, on a thread of the identity, and takes new ones if
     * they are consistent. Otherwise the earlier ones stay in use, and the state is {@linkplain IdentityStatus#stale
     * stale} and says what is wrong.
     *
     * @return the state afterwards; fails with a {@link GraspException} if the node has no identity of its own, or if
     *     the identity is closed meanwhile
     */
    public Mono<IdentityStatus> reloadIdentity() {
        NodeIdentity present = identity;
        if (present == null) {
            return Mono.error(() -> GraspException.local(
                    GraspErrorCode.UNSPECIFIED, "this node has no certificate: its substrate uses none"));
        }
        return Mono.<IdentityStatus>create(sink -> present.reload(sink::success))
                .publishOn(scheduler)
                .timeout(
                        RELOAD,
                        Mono.error(() -> GraspException.local(
                                GraspErrorCode.UNSPECIFIED,
                                "the identity was not read within " + RELOAD.toSeconds() + " s, or has been closed")),
                        scheduler);
    }
}
