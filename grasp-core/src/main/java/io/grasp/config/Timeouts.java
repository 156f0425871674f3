package io.grasp.config;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The times of one node after which it gives up. Immutable; start from {@link #DEFAULTS}. Every time is
 * above zero.
 */
public final class Timeouts {
    /**
     * The longest time that one M_WAIT can ask for, and the longest timeout of RFC 8991: 2^32 - 1 ms, which is 49 days
     * and 17 hours.
     */
    public static final Duration LONGEST_WAIT = Duration.ofMillis(0xFFFF_FFFFL);

    /** The times, with their defaults. A new one also needs its two methods below. */
    private enum Time {
        OPERATION(Duration.ofMinutes(1)),
        DISCOVERY_HOP(Duration.ofMillis(100)),
        DISCOVERY_PAUSE(Duration.ofSeconds(1)),
        FIRST_MESSAGE(Duration.ofMinutes(1)),
        OWN_MOVE(LONGEST_WAIT),
        PEER_GATHERING(Duration.ofMillis(50)),
        RAPID_MEMORY(Duration.ofMinutes(10)),
        RAW_IDLE(Duration.ofMinutes(10)),
        TOTAL_WAIT(LONGEST_WAIT),
        LINGER(Duration.ofSeconds(1)),
        SESSION_MEMORY(Duration.ofMinutes(2)),
        UNLIMITED_DISCOVERY(Duration.ofMinutes(10));

        private final Duration standard;

        Time(Duration standard) {
            this.standard = standard;
        }
    }

    /** The times of a node that nobody configured. */
    public static final Timeouts DEFAULTS = new Timeouts(standard());

    private final Map<Time, Duration> times;

    private Timeouts(Map<Time, Duration> times) {
        this.times = times;
    }

    private static Map<Time, Duration> standard() {
        Map<Time, Duration> all = new EnumMap<>(Time.class);
        for (Time time : Time.values()) {
            all.put(time, time.standard);
        }
        return all;
    }

    private Duration get(Time time) {
        return Objects.requireNonNull(times.get(time));
    }

    private Timeouts with(Time time, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeout " + time + " is " + value + ", must be above zero");
        }
        Map<Time, Duration> changed = new EnumMap<>(times);
        changed.put(time, value);
        return new Timeouts(changed);
    }

    /**
     * {@return GRASP_DEF_TIMEOUT (RFC 8990 section 2.6): the wait for the peer's next message where the caller
     * names none}
     */
    public Duration operation() {
        return get(Time.OPERATION);
    }

    /** {@return these times with another {@link #operation}} */
    public Timeouts withOperation(Duration value) {
        return with(Time.OPERATION, value);
    }

    /**
     * {@return the discovery timeout, for each unit of the objective's loop count (RFC 8990 section 2.5.4.3),
     * where the caller names none: one try of an operation that finds a peer by itself}
     */
    public Duration discoveryHop() {
        return get(Time.DISCOVERY_HOP);
    }

    /** {@return these times with another {@link #discoveryHop}} */
    public Timeouts withDiscoveryHop(Duration value) {
        return with(Time.DISCOVERY_HOP, value);
    }

    /**
     * {@return the pause after the first try of a discovery by an operation that finds a peer by itself; each further
     * pause is twice as long as the one before (RFC 8990 section 2.5.4.3). Late answers are awaited in all of them,
     * also after the last try. RFC 8085 wants such multicasts to be rare: less than a second is for networks that are
     * known to bear it}
     */
    public Duration discoveryPause() {
        return get(Time.DISCOVERY_PAUSE);
    }

    /** {@return these times with another {@link #discoveryPause}} */
    public Timeouts withDiscoveryPause(Duration value) {
        return with(Time.DISCOVERY_PAUSE, value);
    }

    /**
     * {@return the wait for the first message on an accepted connection} As long as GRASP_DEF_TIMEOUT, since TCP
     * repeats what is lost after 3 s, 6 s and 12 s (RFC 6298 section 5.7).
     */
    public Duration firstMessage() {
        return get(Time.FIRST_MESSAGE);
    }

    /** {@return these times with another {@link #firstMessage}} */
    public Timeouts withFirstMessage(Duration value) {
        return with(Time.FIRST_MESSAGE, value);
    }

    /**
     * {@return the time that an ASA of this node has for its next move in a negotiation; a wait that it asks
     * the peer for is added} It is the peer's timer that decides how long the peer waits (RFC 8990 section 2.8.6): by
     * default this is {@link #LONGEST_WAIT}, which no such timer exceeds. A shorter time frees sessions that ASAs
     * forget.
     */
    public Duration ownMove() {
        return get(Time.OWN_MOVE);
    }

    /** {@return these times with another {@link #ownMove}} */
    public Timeouts withOwnMove(Duration value) {
        return with(Time.OWN_MOVE, value);
    }

    /**
     * {@return how long one peer may delay one negotiation by M_WAIT messages, all together, counted as it passes} RFC
     * 8990 has no such bound: by default it is {@link #LONGEST_WAIT}.
     */
    public Duration totalWait() {
        return get(Time.TOTAL_WAIT);
    }

    /**
     * {@return how long a search for a peer goes on after the first answer, so that there are several to choose from}
     */
    public Duration peerGathering() {
        return get(Time.PEER_GATHERING);
    }

    /** {@return these times with another {@link #peerGathering}} */
    public Timeouts withPeerGathering(Duration value) {
        return with(Time.PEER_GATHERING, value);
    }

    /** {@return how long a peer that gave no valid reply to a rapid answer gets M_RESPONSE only} */
    public Duration rapidMemory() {
        return get(Time.RAPID_MEMORY);
    }

    /** {@return these times with another {@link #rapidMemory}} */
    public Timeouts withRapidMemory(Duration value) {
        return with(Time.RAPID_MEMORY, value);
    }

    /** {@return how long a raw channel may go without an item in either direction} */
    public Duration rawIdle() {
        return get(Time.RAW_IDLE);
    }

    /** {@return these times with another {@link #rawIdle}} */
    public Timeouts withRawIdle(Duration value) {
        return with(Time.RAW_IDLE, value);
    }

    /** {@return these times with another {@link #totalWait}} */
    public Timeouts withTotalWait(Duration value) {
        return with(Time.TOTAL_WAIT, value);
    }

    /**
     * {@return how long an initiator waits, after the end of a session, for the responder to close the
     * connection first}
     */
    public Duration linger() {
        return get(Time.LINGER);
    }

    /** {@return these times with another {@link #linger}} */
    public Timeouts withLinger(Duration value) {
        return with(Time.LINGER, value);
    }

    /**
     * {@return how long an ended session or foreign multicast is remembered, so that its duplicates are
     * recognised; twice GRASP_DEF_TIMEOUT at least (RFC 8990 section 2.5.6.2)}
     */
    public Duration sessionMemory() {
        return get(Time.SESSION_MEMORY);
    }

    /** {@return these times with another {@link #sessionMemory}} */
    public Timeouts withSessionMemory(Duration value) {
        return with(Time.SESSION_MEMORY, value);
    }

    /** {@return how long a locator is valid that came with a ttl of 0 (RFC 8990 section 2.8.5)} */
    public Duration unlimitedDiscovery() {
        return get(Time.UNLIMITED_DISCOVERY);
    }

    /** {@return these times with another {@link #unlimitedDiscovery}} */
    public Timeouts withUnlimitedDiscovery(Duration value) {
        return with(Time.UNLIMITED_DISCOVERY, value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Timeouts timeouts && times.equals(timeouts.times);
    }

    @Override
    public int hashCode() {
        return times.hashCode();
    }

    @Override
    public String toString() {
        return "Timeouts" + times;
    }
}
