package io.grasp.config;

import io.grasp.cbor.CborLimits;
import io.grasp.model.MemoryNeed;
import io.grasp.model.MemoryNeed.Part;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The bounds of one node. They ensure that no peer decides how much memory the node uses. Immutable; start from
 * {@link #DEFAULTS}. Every number is at least 1, except {@link #routableReplies} and {@link #neighbors}, and every
 * number of bytes at least {@link #LEAST_BYTES}, except {@link #rememberedBytes}.
 */
public final class Limits {
    /** The smallest budget in bytes: the longest message fits into each. */
    public static final int LEAST_BYTES = 16 << 10;

    /** The bounds that are numbers, with their defaults. A new one also needs its two methods below. */
    private enum Bound {
        ASAS(256),
        OBJECTIVES(1024),
        SESSIONS(1024),
        CONNECTIONS(768),
        CONNECTIONS_PER_PEER(256),
        PEERS_TRIED(4),
        DISCOVERY_TRIES(3),
        QUEUED_NEGOTIATIONS(16),
        PENDING_REPLIES(256),
        ROUTABLE_REPLIES(16, 0),
        FLOOD_BYTES(4 << 20, LEAST_BYTES),
        OWN_FLOOD_BYTES(1 << 20, LEAST_BYTES),
        WAITING_FLOOD_BYTES(1 << 20, LEAST_BYTES),
        DISCOVERY_BYTES(1 << 20, LEAST_BYTES),
        RELAYED_LOCATOR_BYTES(1 << 20, LEAST_BYTES),
        LOCATORS(32),
        REMEMBERED_SESSIONS(4096),
        REMEMBERED_BYTES(5 << 20, 1 << 10),
        NEIGHBORS(1024, 0);

        private final int standard;
        private final int least;

        Bound(int standard) {
            this(standard, 1);
        }

        Bound(int standard, int least) {
            this.standard = standard;
            this.least = least;
        }
    }

    /** The default bounds. */
    public static final Limits DEFAULTS = new Limits(CborLimits.DEFAULT, standard());

    /** The memory of a session with its connection, a partial message and a value, in bytes. */
    private static final int SESSION_BYTES = 11 << 10;
    /** A message on its way out, in direct memory, in bytes. */
    private static final int UNSENT_BYTES = 4 << 10;
    /** The memory of a connection with a partial message and unsent answers, in bytes. */
    private static final int CONNECTION_BYTES = 9 << 10;
    /** The memory of a reply with its connection, in bytes. */
    private static final int REPLY_BYTES = 6 << 10;
    /** The memory of a remembered Session ID in all tables together, in bytes. */
    private static final int REMEMBERED_ID_BYTES = 480;
    /** The memory of a neighbor that was heard of, in bytes: {@code NeighborsTest} measures it. */
    private static final int NEIGHBOR_BYTES = 512;

    /**
     * The default bounds of a DULL instance ({@link EngineConfig#withDull}). Every node on its link can send to it, and
     * it has few objectives, so all its caches together take 2 MiB at most.
     */
    public static final Limits DULL = DEFAULTS.withAsas(16)
            .withObjectives(32)
            .withSessions(128)
            .withConnections(32)
            .withConnectionsPerPeer(8)
            .withPendingReplies(32)
            .withFloodBytes(512 << 10)
            .withOwnFloodBytes(256 << 10)
            .withDiscoveryBytes(256 << 10)
            .withRelayedLocatorBytes(LEAST_BYTES)
            .withRememberedSessions(1024)
            .withRememberedBytes(512 << 10)
            .withNeighbors(128);

    private final CborLimits message;
    private final Map<Bound, Integer> bounds;

    private Limits(CborLimits message, Map<Bound, Integer> bounds) {
        this.message = Objects.requireNonNull(message, "message");
        if (message.maxBytes() != CborLimits.DEFAULT.maxBytes()) {
            throw new IllegalArgumentException("the maximum message size is " + message.maxBytes() + " bytes, must be "
                    + CborLimits.DEFAULT.maxBytes() + ", as for every peer; an objective can allow longer messages");
        }
        this.bounds = bounds;
    }

    private static Map<Bound, Integer> standard() {
        Map<Bound, Integer> all = new EnumMap<>(Bound.class);
        for (Bound bound : Bound.values()) {
            all.put(bound, bound.standard);
        }
        return all;
    }

    /**
     * {@return the most memory that these bounds allow} It includes the connections of the sessions, but not relaying,
     * which has bounds of its own: see {@link EngineConfig#worstCase}. Objectives with messages longer than the usual
     * {@link CborLimits#maxBytes} may take more, by three messages for each connection: one that comes in, and two that
     * its peer does not read.
     */
    public MemoryNeed worstCase() {
        return new MemoryNeed(List.of(
                Part.heap("floods", (long) floodBytes() + ownFloodBytes()),
                Part.heap("floods that wait for subscribers", waitingFloodBytes()),
                Part.heap("locators", (long) discoveryBytes() + relayedLocatorBytes()),
                Part.heap("heard messages", rememberedBytes()),
                Part.heap("neighbors heard of", (long) NEIGHBOR_BYTES * neighbors()),
                Part.heap("own sessions that have ended", (long) REMEMBERED_ID_BYTES * rememberedSessions()),
                new Part("sessions", (long) SESSION_BYTES * sessions(), (long) UNSENT_BYTES * sessions()),
                Part.heap("connections without a session", (long) CONNECTION_BYTES * connections()),
                Part.heap("replies", (long) REPLY_BYTES * (pendingReplies() + routableReplies()))));
    }

    private int get(Bound bound) {
        return Objects.requireNonNull(bounds.get(bound));
    }

    private Limits with(Bound bound, int value) {
        if (value < bound.least) {
            throw new IllegalArgumentException("limit " + bound + " is " + value + ", must be at least " + bound.least);
        }
        Map<Bound, Integer> changed = new EnumMap<>(bounds);
        changed.put(bound, value);
        return new Limits(message, changed);
    }

    /**
     * {@return the maximum size in bytes (GRASP_DEF_MAX_SIZE, RFC 8990 section 2.6), depth and number of items of a
     * message} A message that exceeds them is dropped as malformed when it is received, and refused when an ASA wants
     * to send it.
     */
    public CborLimits message() {
        return message;
    }

    /**
     * These bounds with another {@link #message}. The size must stay GRASP_DEF_MAX_SIZE: every node accepts messages of
     * that size, and sends longer ones only for an objective that allows it (RFC 8990 section 2.8.3); see
     * {@link RegistrationOptions#withMaxMessageBytes}.
     *
     * @param value the depth and the number of items, with the usual size
     * @return the changed bounds
     * @throws IllegalArgumentException if the size is different
     */
    public Limits withMessage(CborLimits value) {
        return new Limits(value, bounds);
    }

    /** {@return the maximum number of registered ASAs} */
    public int asas() {
        return get(Bound.ASAS);
    }

    /**
     * {@return these bounds with another {@link #asas}}
     *
     * @param value the bound
     */
    public Limits withAsas(int value) {
        return with(Bound.ASAS, value);
    }

    /** {@return the maximum number of registered objectives} */
    public int objectives() {
        return get(Bound.OBJECTIVES);
    }

    /**
     * {@return these bounds with another {@link #objectives}}
     *
     * @param value the bound
     */
    public Limits withObjectives(int value) {
        return with(Bound.OBJECTIVES, value);
    }

    /**
     * {@return the maximum number of concurrent discovery, negotiation and synchronization sessions, in both roles
     * together} Half of it is guaranteed to the links and to this node's own sessions, in equal parts. A peer may begin
     * a session only while it has no more than it leaves for its link: if it is the only one, on the only link, it gets
     * three eighths. When no place is left, a session whose peer has asked for time by M_WAIT is ended for the new one:
     * of the same source or link, or of a link beyond its part, or for our own ASAs one of theirs.
     */
    public int sessions() {
        return get(Bound.SESSIONS);
    }

    /**
     * {@return these bounds with another {@link #sessions}}
     *
     * @param value the bound
     */
    public Limits withSessions(int value) {
        return with(Bound.SESSIONS, value);
    }

    /**
     * {@return the maximum number of accepted connections on which no session has begun yet} Beyond it the oldest
     * silent one is reset, of the link and source with the most. Half of them may be connections whose peers have asked
     * and may still get an answer; these are not silent, and beyond that half the oldest of them is reset likewise.
     */
    public int connections() {
        return get(Bound.CONNECTIONS);
    }

    /**
     * {@return these bounds with another {@link #connections}}
     *
     * @param value the bound
     */
    public Limits withConnections(int value) {
        return with(Bound.CONNECTIONS, value);
    }

    /**
     * {@return the maximum number of connections opened by one peer at a time} A peer is one address on a link, or one
     * /64 or IPv4 /24 beyond the links. Beyond the maximum, the oldest one without a session is reset; if all have
     * sessions, the new one. A connection carries one session at a time, so this also bounds the peer's sessions.
     */
    public int connectionsPerPeer() {
        return get(Bound.CONNECTIONS_PER_PEER);
    }

    /**
     * {@return these bounds with another {@link #connectionsPerPeer}}
     *
     * @param value the bound
     */
    public Limits withConnectionsPerPeer(int value) {
        return with(Bound.CONNECTIONS_PER_PEER, value);
    }

    /**
     * {@return how many of the discovered peers are tried, one after the other, until one can be reached} Links and the
     * responders on them take turns. Half of the attempts, if there are two or more, are left for what a new discovery
     * finds. With 1, one wrong locator in the cache or in an answer is enough to make an operation fail.
     */
    public int peersTried() {
        return get(Bound.PEERS_TRIED);
    }

    /**
     * {@return these bounds with another {@link #peersTried}}
     *
     * @param value the bound
     */
    public Limits withPeersTried(int value) {
        return with(Bound.PEERS_TRIED, value);
    }

    /** {@return the maximum number of incoming negotiations that wait for one listener's demand} */
    public int queuedNegotiations() {
        return get(Bound.QUEUED_NEGOTIATIONS);
    }

    /**
     * {@return these bounds with another {@link #queuedNegotiations}}
     *
     * @param value the bound
     */
    public Limits withQueuedNegotiations(int value) {
        return with(Bound.QUEUED_NEGOTIATIONS, value);
    }

    /**
     * {@return the maximum number of discovery responses that are being sent at one time} For a further one, the oldest
     * to the link and the neighbor with the most is given up. The substrate bounds their connections, which the
     * receivers close.
     */
    public int pendingReplies() {
        return get(Bound.PENDING_REPLIES);
    }

    /**
     * {@return these bounds with another {@link #pendingReplies}}
     *
     * @param value the bound
     */
    public Limits withPendingReplies(int value) {
        return with(Bound.PENDING_REPLIES, value);
    }

    /**
     * {@return the maximum number of answers, at one time and in each second, to discoveries that came by a datagram to
     * this node alone from a routable address; 0 if these are not answered} Any host that can reach the node can send
     * them, and forge an address with the prefix of a link, so their answers have a share of their own. Only datagrams
     * from link-local IPv6 addresses count as those of neighbors. Where the substrate does not know which ports
     * of its host are bound, answers to addresses of its host belong to it too.
     */
    public int routableReplies() {
        return get(Bound.ROUTABLE_REPLIES);
    }

    /**
     * {@return these bounds with another {@link #routableReplies}}
     *
     * @param value the bound
     */
    public Limits withRoutableReplies(int value) {
        return with(Bound.ROUTABLE_REPLIES, value);
    }

    /**
     * {@return how many times an operation that looks for a peer by itself sends its discovery before it concludes that
     * there is none; see {@link Timeouts#discoveryPause}}
     */
    public int discoveryTries() {
        return get(Bound.DISCOVERY_TRIES);
    }

    /**
     * {@return these bounds with another {@link #discoveryTries}}
     *
     * @param value the bound
     */
    public Limits withDiscoveryTries(int value) {
        return with(Bound.DISCOVERY_TRIES, value);
    }

    /**
     * {@return the maximum memory in bytes for cached floods of other nodes} Links share it, and on each link the
     * neighbors that the floods came from; if it is used up, the oldest flood of the neighbor with the largest share is
     * removed. A short flood takes about 1.5 KiB.
     */
    public int floodBytes() {
        return get(Bound.FLOOD_BYTES);
    }

    /**
     * {@return these bounds with another {@link #floodBytes}}
     *
     * @param value at least {@link #LEAST_BYTES}
     */
    public Limits withFloodBytes(int value) {
        return with(Bound.FLOOD_BYTES, value);
    }

    /**
     * {@return the maximum memory in bytes for cached floods of this node's own ASAs, which no other node can use} If
     * it is used up, the oldest one is removed from the cache.
     */
    public int ownFloodBytes() {
        return get(Bound.OWN_FLOOD_BYTES);
    }

    /**
     * {@return these bounds with another {@link #ownFloodBytes}}
     *
     * @param value at least {@link #LEAST_BYTES}
     */
    public Limits withOwnFloodBytes(int value) {
        return with(Bound.OWN_FLOOD_BYTES, value);
    }

    /**
     * {@return the maximum memory in bytes for floods that subscribers of this node have not requested yet, all
     * together} It is shared like {@link #floodBytes}.
     */
    public int waitingFloodBytes() {
        return get(Bound.WAITING_FLOOD_BYTES);
    }

    /**
     * {@return these bounds with another {@link #waitingFloodBytes}}
     *
     * @param value at least {@link #LEAST_BYTES}
     */
    public Limits withWaitingFloodBytes(int value) {
        return with(Bound.WAITING_FLOOD_BYTES, value);
    }

    /**
     * {@return the maximum memory in bytes for cached locators that this node's own ASAs have discovered} Links share
     * it, and on each link the neighbors that answered; if it is used up, the oldest locator from the neighbor with the
     * largest share is removed. An address takes about 1 KiB.
     */
    public int discoveryBytes() {
        return get(Bound.DISCOVERY_BYTES);
    }

    /**
     * {@return these bounds with another {@link #discoveryBytes}}
     *
     * @param value at least {@link #LEAST_BYTES}
     */
    public Limits withDiscoveryBytes(int value) {
        return with(Bound.DISCOVERY_BYTES, value);
    }

    /**
     * {@return the maximum memory in bytes for cached locators in responses that this node has relayed} It is shared
     * like {@link #discoveryBytes}.
     */
    public int relayedLocatorBytes() {
        return get(Bound.RELAYED_LOCATOR_BYTES);
    }

    /**
     * {@return these bounds with another {@link #relayedLocatorBytes}}
     *
     * @param value at least {@link #LEAST_BYTES}
     */
    public Limits withRelayedLocatorBytes(int value) {
        return with(Bound.RELAYED_LOCATOR_BYTES, value);
    }

    /**
     * {@return the maximum number of locators that are cached for one objective} If more are found, those that were
     * learned at second hand leave the cache first, then the oldest of the neighbor with the most on the link with the
     * most. All responders to a discovery together add twice as many, less those that were known. Of these, half are
     * reserved for the links in equal parts if there are several. The only responder on a link adds at most half, each
     * of several as many as it leaves for its link.
     */
    public int locators() {
        return get(Bound.LOCATORS);
    }

    /**
     * {@return these bounds with another {@link #locators}}
     *
     * @param value the bound
     */
    public Limits withLocators(int value) {
        return with(Bound.LOCATORS, value);
    }

    /**
     * {@return how many of this node's ended sessions, and of its multicasts, are remembered, to recognize late answers
     * and its own multicasts}
     */
    public int rememberedSessions() {
        return get(Bound.REMEMBERED_SESSIONS);
    }

    /**
     * {@return these bounds with another {@link #rememberedSessions}}
     *
     * @param value the bound
     */
    public Limits withRememberedSessions(int value) {
        return with(Bound.REMEMBERED_SESSIONS, value);
    }

    /**
     * {@return the maximum memory in bytes to remember discoveries and floods of other nodes, to recognize duplicates,
     * and the Session IDs of other nodes, to choose others} Links share it, and on each link the neighbors that they
     * came from. Each message takes up to 2 KiB.
     */
    public int rememberedBytes() {
        return get(Bound.REMEMBERED_BYTES);
    }

    /**
     * {@return these bounds with another {@link #rememberedBytes}}
     *
     * @param value at least 1024, which is one message; a message that does not fit is not remembered
     */
    public Limits withRememberedBytes(int value) {
        return with(Bound.REMEMBERED_BYTES, value);
    }

    /**
     * {@return how many neighbors are remembered for the operator, those heard of last} If there are more, the link
     * with the most loses the one that has been silent for the longest time.
     */
    public int neighbors() {
        return get(Bound.NEIGHBORS);
    }

    /**
     * {@return these bounds with another {@link #neighbors}}
     *
     * @param value the bound, 0 to remember none
     */
    public Limits withNeighbors(int value) {
        return with(Bound.NEIGHBORS, value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Limits limits && message.equals(limits.message) && bounds.equals(limits.bounds);
    }

    @Override
    public int hashCode() {
        return Objects.hash(message, bounds);
    }

    @Override
    public String toString() {
        return "Limits[" + message + ", " + bounds + "]";
    }
}
