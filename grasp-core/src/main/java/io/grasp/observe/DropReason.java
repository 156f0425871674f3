package io.grasp.observe;

import io.grasp.config.AsaLimits;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.Timeouts;

/** Why a message was not processed. */
public enum DropReason {
    /** Not a well-formed GRASP message. */
    MALFORMED,
    /**
     * A connection that a peer begins with a TLS handshake: the peer is protected by certificates, and this node's port
     * is not. The connection is closed, and counted once.
     */
    TLS,
    /**
     * A response or a flood with nothing usable: all its locators, or all its pairs of an objective and a tag, are
     * inexact or unknown (RFC 8990 section 2.8.2). The message is still relayed.
     */
    NOTHING_USABLE,
    /** A multicast that this node sent or relayed, and that came back. */
    OWN,
    /**
     * Already received: the session and the initiator are the same; for a response that would be relayed, its options
     * have also been passed on with the same ttl or a longer one.
     */
    DUPLICATE,
    /** The links are not protected (RFC 8990 section 2.5.1). */
    NO_SECURITY,
    /** Something that the policy for peers does not permit ({@link io.grasp.security.PeerPolicy}). */
    NOT_AUTHORIZED,
    /**
     * A connection to an address of this host that is not on one of the node's links, so that the operator does not
     * vouch for the peer (RFC 8990 section 2.5.1).
     */
    NOT_SERVED,
    /**
     * Not encrypted with the key that the nodes of the links share, on a substrate that encrypts messages (QUADS): a
     * multicast that is ignored, or a connection that is closed.
     */
    UNDECRYPTABLE,
    /** An unknown message type for which no handler is registered. */
    UNKNOWN_TYPE,
    /** A message type that must not come this way: a request by multicast, a flood by unicast. */
    WRONG_PATH,
    /** A message that does not fit the state of its session. */
    OUT_OF_TURN,
    /** A request for an objective without the flag for it, F_NEG or F_SYNCH (RFC 8990 section 2.10.3). */
    OBJECTIVE_FLAGS,
    /**
     * A discovery with the Session ID of another initiator's discovery that was relayed and waits for answers, most
     * likely a copy: a Session ID is chosen at random. It is relayed all the same, but a rapid answer, which names no
     * initiator, goes to the initiator that came first and has none yet. One of the same initiator is a
     * {@link #DUPLICATE}, also about another objective.
     */
    COPIED_SESSION_ID,
    /** A message of a session that is unknown or has ended. */
    NO_SESSION,
    /** A request with a Session ID that is in use here (RFC 8990 section 2.8.6). */
    SESSION_CLASH,
    /** A request for an objective that no ASA listens for. */
    NOT_LISTENING,
    /** A discovery of an objective that no ASA here supports. */
    NOT_SUPPORTED,
    /** As {@link #NOT_SUPPORTED}, and the loop count does not allow relaying either. */
    LOOP_COUNT,
    /**
     * Not relayed because the relay rate was reached, and too many messages wait for it ({@link RelayLimits#waiting}).
     * A flood is still processed on this node.
     */
    RELAY_RATE,
    /**
     * A response to a relayed discovery from the link that the discovery came from, where responders answer the
     * initiator themselves. The initiator might answer its own discovery so, to be cached as the responder.
     */
    ASKING_LINK,
    /**
     * An answer to a discovery or to a message of an extension that could not be delivered: its receiver cannot be
     * reached, or has ended the connection.
     */
    UNDELIVERED,
    /**
     * A multicast that asks for an answer, from an address that is not on its link: the answer would go to a host that
     * may not have asked.
     */
    OFF_LINK_SOURCE,
    /**
     * A message that asks for an answer, from port 0 or from an address that no other host can have: unspecified,
     * multicast, broadcast or reserved. Also a multicast or a discovery that seems to come from this node's address and
     * port, but that this node has neither sent nor relayed.
     */
    UNUSABLE_SOURCE,
    /**
     * A discovery from an address of this host and a port that no node of this host can have, because it is not bound
     * for both UDP and TCP.
     */
    UNBOUND_SOURCE,
    /**
     * A discovery by a datagram to this node alone from a routable address, and this node does not answer those
     * ({@link Limits#routableReplies}).
     */
    ROUTABLE_SOURCE,
    /** A response to a relayed discovery with no locator that is valid beyond the link it came from. */
    LINK_LOCAL_RESPONSE,
    /**
     * A locator in a response, or the tag of a flooded objective, that leads to this node itself or to no peer: a
     * loopback, unspecified, multicast or broadcast address, port 0, this node's port at an address of this host, an
     * address of an interface that no node of this host uses, a link-local address whose link is unknown, a name that
     * no host can have. Each one is counted; the other locators in the message are used.
     */
    UNUSABLE_LOCATOR,
    /** A flood from a link-local initiator with a loop count other than 1 (RFC 8990 section 2.5.6.2). */
    LINK_LOCAL_FLOOD,
    /**
     * Sent to a DULL instance from an address that is not link-local or is on another link (RFC 8990 section 2.5.2).
     */
    DULL_SOURCE,
    /**
     * Sent to a DULL instance with a loop count other than 1. For a flood, the loop count of its first objective
     * counts.
     */
    DULL_LOOP_COUNT,
    /** Sent to a DULL instance about an objective that its rules do not name. */
    DULL_OBJECTIVE,
    /** Sent to a DULL instance: a message type that it does not accept unsolicited. */
    DULL_TYPE,
    /**
     * Sent to a DULL instance: a response with an O_DIVERT or with a locator that is not link-local, or a flooded
     * objective with such a tag. Each such objective is counted; the others in the message are used.
     */
    DULL_LOCATOR,
    /**
     * A rapid answer to a discovery that has already been answered, or one that a relay cannot pass on because it
     * begins a session.
     */
    LATE_RAPID,
    /** A received message is longer than allowed; a request may be as long as its objective allows. */
    MESSAGE_TOO_LONG,
    /** Not sent: an answer to a discovery that does not fit in a message, not even with a single locator. */
    RESPONSE_TOO_LONG,
    /** Not sent on one link, which carries only shorter multicasts; it is sent on the links where it fits. */
    TOO_LONG_FOR_LINK,
    /**
     * Not sent on one link, which did not accept it: a multicast of this node, or one that it relays. The link has
     * failed, or is too slow; {@link GraspObserver#linkFailed} has the cause.
     */
    LINK_FAILED,
    /**
     * Not sent to one neighbor on a link that consists of connections: the neighbor reads too slowly, and as many bytes
     * as may wait for it are waiting. The other neighbors get the message.
     */
    SLOW_NEIGHBOR,
    /**
     * A session was ended for another one: its peer had asked for time by M_WAIT, and no place was left
     * ({@link Limits#sessions}, {@link Limits#connectionsPerPeer} or the substrate's maximum of connections).
     */
    WAITING_SESSIONS,
    /**
     * No session place is left for the link and the source of a request ({@link Limits#sessions}): each link has a
     * guaranteed part, and no source may have more than it leaves for its link. Or the ASA that listens has its own
     * maximum ({@link AsaLimits#sessions}).
     */
    SESSIONS,
    /**
     * A connection that its peer had not closed after an answer, or a silent one, was reset, or a new one refused: the
     * node has as many as it accepts at one time.
     */
    CONNECTIONS,
    /**
     * The same, or a session in reply to a discovery was not begun: the process has only those file descriptors left
     * that the node needs for answers and for its own requests.
     */
    DESCRIPTORS,
    /**
     * A connection that its peer had not closed after an answer, or a silent one, was reset, or a new one refused: its
     * peer has as many as one peer may have ({@link Limits#connectionsPerPeer}).
     */
    PEER_CONNECTIONS,
    /** A silent connection was reset: too many wait for their first message ({@link Limits#connections}). */
    SILENT_CONNECTIONS,
    /**
     * A connection was reset whose peer had asked and could still get an answer: such connections have half of
     * {@link Limits#connections}, and its link and source have the most.
     */
    ASKING_CONNECTIONS,
    /**
     * A request for a negotiation was refused because each ASA that listens for its objective has as many unanswered
     * requests as it may have ({@link Limits#queuedNegotiations}). It is the oldest of the link and source with the
     * most, or the new one.
     */
    LISTENER_QUEUE,
    /** A message or option of an extension, whose handlers have no demand: the ASA is too slow. */
    NO_DEMAND,
    /**
     * Given up: an answer to a discovery, because too many are being sent ({@link Limits#pendingReplies}), or no
     * connection is left for a further one, and its link and neighbor have the most; or because more than half of them
     * are being sent, most of them to its link, and it has taken too long ({@link Timeouts#replyUnderPressure}).
     */
    PENDING_REPLIES,
    /**
     * Not sent: an answer to a datagram to this node alone from a routable address, because too many such answers have
     * been sent in the last second ({@link Limits#routableReplies}).
     */
    ROUTABLE_REPLIES,
    /**
     * A relayed discovery to which responses are no longer passed on, because too many wait for responses
     * ({@link RelayLimits#sessions}), and its link and neighbor have the largest share.
     */
    RELAYED_DISCOVERIES,
    /**
     * Locators in a response that were not reported, or not passed on by a relay, because the responder or its link has
     * had its share of the locators of the discovery ({@link Limits#locators}).
     */
    TOO_MANY_LOCATORS,
    /** An M_WAIT that asks for more time than the session may wait in total ({@link Timeouts#totalWait}). */
    TOTAL_WAIT,
    /** M_NOOP, which is always ignored. */
    NOOP;

    /** {@return what an operator should know besides the name; empty if the name says it} */
    public String explanation() {
        return switch (this) {
            case TLS ->
                "a peer speaks TLS to this node's plain port: the peer is protected by certificates and this node is"
                        + " not; start both with certificates or both without";
            case UNDECRYPTABLE ->
                "it is not encrypted with this node's key of QUADS: both sides need the same password or key, or none";
            case UNDELIVERED ->
                "the answer to a peer could not be delivered: a firewall may drop connections to the port that the"
                        + " peer gives, here or there";
            case NOT_AUTHORIZED -> "the policy for peers does not permit what it has sent";
            default -> "";
        };
    }

    /**
     * {@return whether this occurs in every network of more than two nodes, so that it is in audit events only if one
     * neighbor causes it very often}
     */
    public boolean isNormal() {
        return switch (this) {
            case OWN, DUPLICATE, NOOP, NOT_SUPPORTED, LOOP_COUNT, LINK_LOCAL_RESPONSE, LATE_RAPID -> true;
            default -> false;
        };
    }
}
