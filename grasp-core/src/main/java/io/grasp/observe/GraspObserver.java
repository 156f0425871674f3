package io.grasp.observe;

import io.grasp.config.RelayLimits;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.MemoryNeed;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NodeLocators;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.model.UnknownFields;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Observes what a node does, for metrics, traces and tests. All methods are called on the loop, must not block, and do
 * nothing unless overridden. An exception that they throw does not affect the protocol; it goes to the loop thread's
 * uncaught exception handler.
 */
public interface GraspObserver {
    /** Observes nothing. */
    GraspObserver NONE = new GraspObserver() {};

    /**
     * Combines several observers. Each is called for everything, in this order; an exception of one does not affect the
     * others.
     *
     * @param observers the observers
     * @return one observer that calls them all
     */
    static GraspObserver all(GraspObserver... observers) {
        return Observers.all(List.of(observers));
    }

    /**
     * Returns the observer of one node. Called once for each node, on the thread that creates the node. The returned
     * observer is called for that node instead of this one. An exception thrown here fails the node's creation.
     *
     * @param nanoTime the node's time in nanoseconds, which only moves forward: virtual in a simulation
     * @param loop runs tasks on the node's loop, on which the observer is called; refuses them once the loop has ended
     * @return this one, unless overridden
     */
    default GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return this;
    }

    /**
     * The node has started: ASAs can be registered. {@link #linkUp} has been called for the links that are up.
     *
     * @param locators the node's port, and its locators on these links
     * @param security the protection of the links
     * @param permitsGrasp whether operations of ASAs are permitted now: the links are protected, or this is a DULL
     *     instance; otherwise they fail with {@link io.grasp.model.GraspErrorCode#NO_SECURITY}
     */
    default void started(NodeLocators locators, Security security, boolean permitsGrasp) {}

    /**
     * A message has been sent: the operating system, or another substrate, has accepted it. For a multicast this is
     * called once for each link. It is not called for a message that waits, for example until its connection is open,
     * or that cannot be sent.
     *
     * @param message the message
     * @param encoded its bytes; must not be changed
     * @param path where it goes
     */
    default void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {}

    /**
     * A well-formed message was received; {@link #messageDropped} may follow.
     *
     * @param message the message
     * @param encoded its bytes; must not be changed
     * @param path where it came from
     */
    default void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {}

    /**
     * A received message, or bytes that are not a message, were dropped; or a multicast was not sent on a link, because
     * it was too long for it ({@link DropReason#TOO_LONG_FOR_LINK}), or the link did not accept it
     * ({@link DropReason#LINK_FAILED}).
     *
     * @param reason the reason
     * @param path where it came from, or the link on which a multicast of this node was not sent
     */
    default void messageDropped(DropReason reason, MessagePath path) {}

    /**
     * A flood from another node was processed: it is in the cache and may still be relayed.
     *
     * @param flood the flood, an M_FLOOD
     * @param path where it came from
     */
    default void floodProcessed(MessageInfo flood, MessagePath path) {}

    /**
     * A discovery or a flood is being relayed: the first link has accepted it. Its copies follow as
     * {@link #messageSent}.
     *
     * @param message the message as it is relayed
     * @param path where it came from
     */
    default void relayed(MessageInfo message, MessagePath path) {}

    /**
     * A discovery or a flood is not relayed because a bound of this node was reached ({@link RelayLimits});
     * {@link #messageDropped} follows.
     *
     * @param message the message as it came
     * @param reason the bound that was reached
     * @param path where it came from
     */
    default void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {}

    /**
     * A cache was read for an objective, for an ASA of this node or for a peer.
     *
     * @param cache the cache
     * @param hit whether the cache held a valid answer
     */
    default void cacheRead(CacheKind cache, boolean hit) {}

    /**
     * The number of entries in a cache changed. Expired entries count until the next access to the cache.
     *
     * @param cache the cache
     * @param entries the number of entries now
     */
    default void cacheSize(CacheKind cache, int entries) {}

    /**
     * The memory that the entries of a cache take has changed.
     *
     * @param cache the cache
     * @param bytes the memory in bytes, as the cache's limit counts it
     */
    default void cacheBytes(CacheKind cache, long bytes) {}

    /**
     * Two origins flood the same objective with the same tag: a flood replaced a valid copy of another initiator, or
     * came by another neighbor and ends earlier, or one of both is of this node and the other one only seems to be. The
     * newest copy is valid (RFC 8990 section 2.8.11); the older one is valid again when it expires. Called once for
     * each new origin, not when it repeats its flood.
     *
     * @param newer the objective that was flooded now
     * @param older the copy that was valid until now
     * @param path where the newer one came from
     */
    default void floodContested(FloodedObjective newer, FloodedObjective older, MessagePath path) {}

    /**
     * A discovery returned a locator to an ASA: of this node, from the cache or from a response.
     *
     * @param objective the objective's name
     * @param locator the locator
     */
    default void locatorFound(String objective, AsaLocator locator) {}

    /**
     * A negotiation reached an outcome on this side; {@link #sessionEnded} follows.
     *
     * @param session the session
     * @param outcome the outcome as this side sees it
     */
    default void negotiated(SessionInfo session, NegotiationOutcome outcome) {}

    /**
     * A session began.
     *
     * @param session the session; {@link #sessionEnded} gets the same instance
     */
    default void sessionStarted(SessionInfo session) {}

    /**
     * A session ended. Called exactly once for every session that began.
     *
     * @param session the session
     * @param outcome how the session ended
     * @param failure the error if the outcome is {@link SessionOutcome#FAILED}, otherwise {@code null}
     */
    default void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {}

    /**
     * A handler of an ASA failed on one session or message, because of the handler or of the session. The listener
     * continues. Or the {@link io.grasp.security.PeerPolicy} failed on one message, which is denied.
     *
     * @param failure the failure, with its session and objective if known
     */
    default void handlerFailed(GraspException failure) {}

    /**
     * An ASA read a value and ignored fields that its Java type does not know ({@link UnknownFields#REPORT}).
     *
     * @param objective the objective's name
     * @param fields where they are in the value, as JSON pointers (RFC 6901): the first few, at least one; the peer
     *     chose their names
     */
    default void unknownFields(String objective, List<String> fields) {}

    /**
     * A link can be used.
     *
     * @param link the link
     */
    default void linkUp(LinkInfo link) {}

    /**
     * A link can no longer be used.
     *
     * @param link the link
     */
    default void linkDown(LinkInfo link) {}

    /**
     * Something failed on a link. The other links are not affected.
     *
     * @param link the link's name
     * @param cause the failure
     */
    default void linkFailed(String link, Throwable cause) {}

    /**
     * Something about a link deserves attention. The link can still be used.
     *
     * @param link the link's name
     * @param warning the kind
     * @param detail one sentence for the operator
     */
    default void linkWarning(String link, LinkWarning warning, String detail) {}

    /**
     * A connection of a peer could not be accepted, for example because no file descriptors are left. The peer waits,
     * and the node tries again. Called for each failed attempt, at most once per second.
     *
     * @param cause the failure
     */
    default void acceptFailed(Throwable cause) {}

    /**
     * The nodes of this process may together need more memory than the JVM has, if peers make them use all that their
     * settings allow. Called when a node starts ({@link io.grasp.config.MemoryCheck#WARN}).
     *
     * @param nodes the most memory that the nodes may use
     * @param heapBytes the heap that the JVM can give them
     * @param directBytes the direct memory that the JVM can give them
     */
    default void memoryMayBeExceeded(MemoryNeed nodes, long heapBytes, long directBytes) {}

    /**
     * The protection of the links changed.
     *
     * @param security the new protection
     */
    default void securityChanged(Security security) {}

    /**
     * The state of the node's own certificate has changed, or deserves attention; reported once at the start on a
     * substrate that uses one.
     *
     * @param status the state
     */
    default void identityChanged(IdentityStatus status) {}

    /**
     * The substrate has not authenticated a peer, or the peer has lost its authentication; its connection is closed.
     *
     * @param reason the kind of failure
     * @param peer the address of the peer
     * @param detail one sentence for the operator; the peer may have chosen parts of it
     */
    default void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {}

    /**
     * The node has failed because of an {@link Error} on its loop, for example of memory or in an observer, and ends:
     * all its sessions and listeners fail. {@link #closed} follows when nothing is open any more.
     *
     * @param error the error; if it is one of memory, the observer should allocate as little as possible
     */
    default void nodeFailed(Throwable error) {}

    /** The node has been closed. No call follows. */
    default void closed() {}
}
