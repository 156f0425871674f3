package io.grasp.engine;

import java.time.Duration;
import java.util.Objects;

/**
 * The times of one node after which it gives up. Immutable; start from {@link #DEFAULTS}.
 *
 * @param operation GRASP_DEF_TIMEOUT (RFC 8990 section 2.6): the wait for the peer's next message where the caller names none
 * @param discoveryHop the discovery timeout, for each unit of the objective's loop count (RFC 8990 section 2.5.4.3), where the caller names none
 * @param firstMessage the wait for the first message on an accepted connection
 * @param ownMove the time that an ASA of this node has for its next move in a negotiation; a wait that it asks the peer for is added
 * @param totalWait how long one peer may delay one negotiation by M_WAIT messages, all together
 * @param linger how long an initiator waits, after the end of a session, for the responder to close the connection first
 * @param sessionMemory how long an ended session or foreign multicast is remembered, so that its duplicates are recognised; twice GRASP_DEF_TIMEOUT at least (RFC 8990 section 2.5.6.2)
 * @param unlimitedDiscovery how long a locator is valid that came with a ttl of 0 (RFC 8990 section 2.8.5)
 */
public record Timeouts(
        Duration operation,
        Duration discoveryHop,
        Duration firstMessage,
        Duration ownMove,
        Duration totalWait,
        Duration linger,
        Duration sessionMemory,
        Duration unlimitedDiscovery) {
    /** The times of a node that nobody configured. */
    public static final Timeouts DEFAULTS = new Timeouts(
            Duration.ofSeconds(60),
            Duration.ofMillis(100),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(600),
            Duration.ofSeconds(1),
            Duration.ofSeconds(120),
            Duration.ofSeconds(600));

    public Timeouts {
        positive("operation", operation);
        positive("discoveryHop", discoveryHop);
        positive("firstMessage", firstMessage);
        positive("ownMove", ownMove);
        positive("totalWait", totalWait);
        positive("linger", linger);
        positive("sessionMemory", sessionMemory);
        positive("unlimitedDiscovery", unlimitedDiscovery);
    }

    private static void positive(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeout " + name + " is " + value + ", must be above zero");
        }
    }

    /**
     * These times with another one for operation; the default is 60 s.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withOperation(Duration value) {
        return new Timeouts(
                value, discoveryHop, firstMessage, ownMove, totalWait, linger, sessionMemory, unlimitedDiscovery);
    }

    /**
     * These times with another one for discoveryHop; the default is 100 ms.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withDiscoveryHop(Duration value) {
        return new Timeouts(
                operation, value, firstMessage, ownMove, totalWait, linger, sessionMemory, unlimitedDiscovery);
    }

    /**
     * These times with another one for firstMessage; the default is 10 s.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withFirstMessage(Duration value) {
        return new Timeouts(
                operation, discoveryHop, value, ownMove, totalWait, linger, sessionMemory, unlimitedDiscovery);
    }

    /**
     * These times with another one for ownMove; the default is 60 s.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withOwnMove(Duration value) {
        return new Timeouts(
                operation, discoveryHop, firstMessage, value, totalWait, linger, sessionMemory, unlimitedDiscovery);
    }

    /**
     * These times with another one for totalWait; the default is 600 s.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withTotalWait(Duration value) {
        return new Timeouts(
                operation, discoveryHop, firstMessage, ownMove, value, linger, sessionMemory, unlimitedDiscovery);
    }

    /**
     * These times with another one for linger; the default is 1 s.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withLinger(Duration value) {
        return new Timeouts(
                operation, discoveryHop, firstMessage, ownMove, totalWait, value, sessionMemory, unlimitedDiscovery);
    }

    /**
     * These times with another one for sessionMemory; the default is 120 s.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withSessionMemory(Duration value) {
        return new Timeouts(
                operation, discoveryHop, firstMessage, ownMove, totalWait, linger, value, unlimitedDiscovery);
    }

    /**
     * These times with another one for unlimitedDiscovery; the default is 600 s.
     *
     * @param value how long
     * @return the changed times
     */
    public Timeouts withUnlimitedDiscovery(Duration value) {
        return new Timeouts(operation, discoveryHop, firstMessage, ownMove, totalWait, linger, sessionMemory, value);
    }
}
