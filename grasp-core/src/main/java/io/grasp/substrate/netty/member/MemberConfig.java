package io.grasp.substrate.netty.member;

import io.grasp.model.MemoryNeed;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.mux.MuxConfig;
import java.util.List;

/**
 * The settings of the connections between members.
 *
 * @param streams whether sessions are streams in one connection, with peers that can do that
 * @param acceptsLinks whether a peer may make this node its neighbor
 * @param maxNeighbors the maximum of links that peers have asked for
 * @param connectTimeoutMillis how long opening a TCP connection may take
 * @param handshakeTimeoutMillis how long a TLS handshake may take, and then the peer's first message
 * @param closeTimeoutMillis how long closing a session waits for the peer, for each of the two directions
 * @param idleMillis after which time without a session or a link a connection is closed
 * @param firstProbeMillis the first pause between two attempts to connect to a place at which a member only says that
 *     it is
 * @param renewalSpreadMillis how long connections that replace others because of a new certificate may wait, each for a
 *     time at random, so that they do not all begin at once
 * @param drainMillis how long what is under way in a connection may go on after the peer's certificate has expired, if
 *     the peer has another connection with a newer one
 * @param keepaliveMillis how often a connection shows that it is alive; three times as much silence ends it
 * @param maxHandshakes the maximum of handshakes under way
 * @param maxHandshakesPerSource the maximum of those with one source
 * @param countsNetworks whether a source of handshakes is a network, /64 or IPv4 /24, because one host may have all of
 *     its addresses; otherwise, and on the link, it is an address
 * @param handshakeThreads how many threads sign and verify
 * @param maxConnections the maximum of connections that carry link messages and that peers have opened, or that have
 *     been replaced; of each member, one that replaces another does not count
 * @param maxConnectionsPerPeer the maximum of those whose peers have one name, with those that this node has opened
 * @param reservedDescriptors how many file descriptors of the process connections of peers leave for its own needs
 * @param maxSessions the maximum of sessions that peers have opened
 * @param maxSessionsPerPeer the maximum of those whose peers have one name; those on connections that have been
 *     replaced count apart, and there are at most as many again
 * @param queueBytes the maximum of bytes of link messages that wait for one neighbor
 * @param maxMessageBytes the longest link message accepted
 */
public record MemberConfig(
        boolean streams,
        boolean acceptsLinks,
        int maxNeighbors,
        int connectTimeoutMillis,
        int handshakeTimeoutMillis,
        int closeTimeoutMillis,
        int idleMillis,
        int firstProbeMillis,
        int renewalSpreadMillis,
        int drainMillis,
        int keepaliveMillis,
        int maxHandshakes,
        int maxHandshakesPerSource,
        boolean countsNetworks,
        int handshakeThreads,
        int maxConnections,
        int maxConnectionsPerPeer,
        int reservedDescriptors,
        int maxSessions,
        int maxSessionsPerPeer,
        int queueBytes,
        int maxMessageBytes) {
    /** The default of {@link #renewalSpreadMillis}. */
    public static final int RENEWAL_SPREAD_MILLIS = 3_000;

    /** The default of {@link #drainMillis}. */
    public static final int DRAIN_MILLIS = 600_000;

    /** Of a hello and what else nodes that are not neighbors say to each other. */
    private static final int MESSAGE_BYTES = 2_048;

    /**
     * What one end of TLS keeps for one connection: records, keys, the session; on the heap and in direct memory,
     * each.
     */
    private static final long TLS_BYTES = 64L << 10;

    /** What one stream keeps in memory of what its reader has not taken. */
    private static final long STREAM_BYTES = 16L << 10;

    /**
     * {@return the most memory that connections take, in addition to that of the engine's sessions} Each session of a
     * peer may have its own connection. Sessions that this node opens count among these, because the engine bounds both
     * together ({@link io.grasp.config.Limits#sessions}). Each connection may be there twice while it is replaced.
     *
     * @param opened how many connections this node opens for links
     */
    public List<MemoryNeed.Part> worstCase(int opened) {
        long linkable = 2L * maxConnections + 2L * opened;
        long tls = TLS_BYTES * (linkable + maxSessions + maxHandshakes);
        MuxConfig ofConnection = MuxWire.config(this);
        return List.of(
                new MemoryNeed.Part("TLS connections", tls, tls),
                new MemoryNeed.Part(
                        "messages and frames of connections",
                        linkable * ofConnection.worstCaseBytesOfMessages(),
                        linkable * ofConnection.worstCaseBytesOfTransport()),
                new MemoryNeed.Part("streams", maxSessions * STREAM_BYTES, 0));
    }

    /** {@return settings for sessions only, as of a substrate whose links are something else} */
    public static MemberConfig ofSessions() {
        return new MemberConfig(
                true,
                false,
                0,
                5_000,
                10_000,
                1_000,
                60_000,
                1_000,
                RENEWAL_SPREAD_MILLIS,
                DRAIN_MILLIS,
                20_000,
                128,
                16,
                false,
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                256,
                8,
                NettyConfig.RESERVED_DESCRIPTORS,
                1_024,
                256,
                MESSAGE_BYTES,
                MESSAGE_BYTES);
    }
}
