package io.grasp.observe;

import io.grasp.config.RelayLimits;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Security;
import io.grasp.model.UnknownFields;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Told what a node does: metrics, traces and tests hang here. All methods are called on the loop, must not block, and
 * do nothing unless overridden. What they throw is kept from the protocol and reported to the loop thread's uncaught
 * exception handler.
 */
public interface GraspObserver {
    /** Observes nothing. */
    GraspObserver NONE = new GraspObserver() {};

    /**
     * Several observers as one: each is told everything, in this order, and what one throws is kept from the others.
     *
     * @param observers the observers
     * @return one that tells them all
     */
    static GraspObserver all(GraspObserver... observers) {
        return Observers.all(List.of(observers));
    }

    /**
     * The observer of one node: asked once for each node that is made, on the thread that makes it, and told everything
     * of that node instead of this one. What it throws keeps the node from being made.
     *
     * @param nanoTime the node's time in nanoseconds, which only moves forward: virtual in a simulation
     * @param loop runs tasks where everything is told; refuses them once the node's loop has ended
     * @return this one, unless overridden
     */
    default GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return this;
    }

    /**
     * A message is being sent. A multicast is told once for each link.
     *
     * @param message the message
     * @param encoded its bytes; must not be changed
     * @param path where to
     */
    default void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {}

    /**
     * A well-formed message was received; {@link #messageDropped} may follow.
     *
     * @param message the message
     * @param encoded its bytes; must not be changed
     * @param path where from
     */
    default void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {}

    /**
     * A message, or what should have been one, was dropped; or a multicast that is too long for a link was left out on
     * it ({@link DropReason#LIMIT}).
     *
     * @param reason why
     * @param path where from, or the link that a multicast was left out on
     */
    default void messageDropped(DropReason reason, MessagePath path) {}

    /**
     * A flood from another node was processed: it is in the cache, and will perhaps be relayed.
     *
     * @param flood the flood, an M_FLOOD
     * @param path where it came from
     */
    default void floodProcessed(MessageInfo flood, MessagePath path) {}

    /**
     * A discovery or a flood is being relayed; its copies follow as {@link #messageSent}.
     *
     * @param message the message as it goes on
     * @param path where it came from
     */
    default void relayed(MessageInfo message, MessagePath path) {}

    /**
     * A bound of this node keeps a discovery or a flood from being relayed ({@link RelayLimits});
     * {@link #messageDropped} follows.
     *
     * @param message the message as it came
     * @param reason which bound
     * @param path where it came from
     */
    default void relayRefused(MessageInfo message, DropReason reason, MessagePath path) {}

    /**
     * A cache was asked for an objective, by an ASA of this node or for a peer.
     *
     * @param cache which one
     * @param hit whether it held anything valid that answers the question
     */
    default void cacheRead(CacheKind cache, boolean hit) {}

    /**
     * The number of entries in a cache changed. Entries whose time is over count until room is needed.
     *
     * @param cache which one
     * @param entries what it holds now, in the entries that its limit counts
     */
    default void cacheSize(CacheKind cache, int entries) {}

    /**
     * A discovery told an ASA a locator: of this node, from the cache or from a response.
     *
     * @param objective the objective's name
     * @param locator the locator
     */
    default void locatorFound(String objective, AsaLocator locator) {}

    /**
     * A negotiation came to an outcome, for this side of it; {@link #sessionEnded} follows.
     *
     * @param session the session
     * @param outcome what this side takes to be agreed or declined
     */
    default void negotiated(SessionInfo session, NegotiationOutcome outcome) {}

    /**
     * A session began.
     *
     * @param session the session; the same instance is told when it ends
     */
    default void sessionStarted(SessionInfo session) {}

    /**
     * A session ended: told once for every session that began.
     *
     * @param session the session
     * @param outcome how
     * @param failure the error if the outcome is {@link SessionOutcome#FAILED}, else {@code null}
     */
    default void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {}

    /**
     * The handler of an ASA has failed on one session or message: its own error, or that of the session. The listener
     * goes on.
     *
     * @param failure the failure, with its session and objective where there are such
     */
    default void handlerFailed(GraspException failure) {}

    /**
     * An ASA took a value and left out fields that its type does not know ({@link UnknownFields#REPORT}).
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
     * Something failed on a link; the others go on.
     *
     * @param link the link's name
     * @param cause what failed
     */
    default void linkFailed(String link, Throwable cause) {}

    /**
     * Something about a link deserves attention; it can be used all the same.
     *
     * @param link the link's name
     * @param warning the kind
     * @param detail one sentence for a person
     */
    default void linkWarning(String link, LinkWarning warning, String detail) {}

    /**
     * A connection of a peer could not be accepted: there are no file descriptors left, say. The peer waits, and
     * accepting is tried again; this is called for each attempt that fails, at most once a second.
     *
     * @param cause what failed
     */
    default void acceptFailed(Throwable cause) {}

    /**
     * The protection of the links changed.
     *
     * @param security what it is now
     */
    default void securityChanged(Security security) {}

    /** The node has been closed: nothing is told of it any more. */
    default void closed() {}
}
