package io.grasp.config;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The timeouts of one node. Immutable; start from {@link #DEFAULTS}. Every timeout is above zero. */
public final class Timeouts {
    /**
     * The longest time that one M_WAIT can request, and the longest timeout of RFC 8991: 2^32 - 1 ms, about 49 days and
     * 17 hours.
     */
    public static final Duration LONGEST_WAIT = Duration.ofMillis(0xFFFF_FFFFL);

    /** The timeouts, with their defaults. A new one also needs its two methods below. */
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
        NEGOTIATION(Duration.ofDays(1)),
        LINGER(Duration.ofSeconds(1)),
        RELAYED_DISCOVERY(Duration.ofSeconds(10)),
        REPLY_UNDER_PRESSURE(Duration.ofSeconds(1)),
        SESSION_MEMORY(Duration.ofMinutes(2)),
        DIVERT_WITHOUT_RELAY(Duration.ofMinutes(1)),
        INDEFINITE_DISCOVERY(Duration.ofMinutes(10)),
        LOCATOR_LIFETIME(Duration.ofMinutes(10));

        private final Duration standard;

        Time(Duration standard) {
            this.standard = standard;
        }
    }

    /** The default timeouts. */
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
     * {@return GRASP_DEF_TIMEOUT (RFC 8990 section 2.6): how long to wait for the peer's next message if the caller
     * gives no timeout}
     */
    public Duration operation() {
        return get(Time.OPERATION);
    }

    /**
     * {@return these timeouts with another {@link #operation}}
     *
     * @param value the time
     */
    public Timeouts withOperation(Duration value) {
        return with(Time.OPERATION, value);
    }

    /**
     * {@return the discovery timeout for each unit of the objective's loop count (RFC 8990 section 2.5.4.3), if the
     * caller gives no timeout} An operation that looks for a peer by itself uses it for each try.
     */
    public Duration discoveryHop() {
        return get(Time.DISCOVERY_HOP);
    }

    /**
     * {@return these timeouts with another {@link #discoveryHop}}
     *
     * @param value the time
     */
    public Timeouts withDiscoveryHop(Duration value) {
        return with(Time.DISCOVERY_HOP, value);
    }

    /**
     * {@return how long a relay passes on the responses to one discovery at most} The time is {@link #discoveryHop} for
     * each unit of the loop count that is left, up to this one: loop counts may be as high as 255 (RFC 8995 section
     * 4.1.1), and the places of relayed discoveries are limited ({@link RelayLimits#sessions}).
     */
    public Duration relayedDiscovery() {
        return get(Time.RELAYED_DISCOVERY);
    }

    /**
     * {@return these timeouts with another {@link #relayedDiscovery}}
     *
     * @param value the time
     */
    public Timeouts withRelayedDiscovery(Duration value) {
        return with(Time.RELAYED_DISCOVERY, value);
    }

    /**
     * {@return how long a relay only diverts, after it has relayed a discovery beside a divert} It applies to further
     * discoveries of the same objective and loop count by the same neighbor, if a cached locator has answered this node
     * itself. Nothing proves that the sender of such an answer serves the objective, so relaying must not end as long
     * as the locator is cached. RFC 8990 section 2.5.4.4 asks for no relaying then, and forbids none.
     */
    public Duration divertWithoutRelay() {
        return get(Time.DIVERT_WITHOUT_RELAY);
    }

    /**
     * {@return these timeouts with another {@link #divertWithoutRelay}}
     *
     * @param value the time
     */
    public Timeouts withDivertWithoutRelay(Duration value) {
        return with(Time.DIVERT_WITHOUT_RELAY, value);
    }

    /**
     * {@return how long the sending of an answer to a discovery may take at most, including the opening of its
     * connection, while more than half of {@link Limits#pendingReplies} are being sent, to links that use more than an
     * equal share of that half} Otherwise only the substrate's timeouts apply.
     */
    public Duration replyUnderPressure() {
        return get(Time.REPLY_UNDER_PRESSURE);
    }

    /**
     * {@return these timeouts with another {@link #replyUnderPressure}}
     *
     * @param value the time
     */
    public Timeouts withReplyUnderPressure(Duration value) {
        return with(Time.REPLY_UNDER_PRESSURE, value);
    }

    /**
     * {@return the pause after the first try, when an operation looks for a peer by itself; each further pause is twice
     * as long as the one before (RFC 8990 section 2.5.4.3)} Late answers are accepted during all pauses, also after the
     * last try. RFC 8085 requires such multicasts to be rare: choose less than a second only for networks that are
     * known to cope with it.
     */
    public Duration discoveryPause() {
        return get(Time.DISCOVERY_PAUSE);
    }

    /**
     * {@return these timeouts with another {@link #discoveryPause}}
     *
     * @param value the time
     */
    public Timeouts withDiscoveryPause(Duration value) {
        return with(Time.DISCOVERY_PAUSE, value);
    }

    /**
     * {@return how long to wait for the first message on an accepted connection} The default equals GRASP_DEF_TIMEOUT,
     * because TCP retransmits after 3 s, 6 s and 12 s (RFC 6298 section 5.7).
     */
    public Duration firstMessage() {
        return get(Time.FIRST_MESSAGE);
    }

    /**
     * {@return these timeouts with another {@link #firstMessage}}
     *
     * @param value the time
     */
    public Timeouts withFirstMessage(Duration value) {
        return with(Time.FIRST_MESSAGE, value);
    }

    /**
     * {@return how long an ASA of this node may take for its next move in a negotiation, in addition to the waits that
     * it requests from the peer} The peer's own timer decides how long the peer waits (RFC 8990 section 2.8.6). The
     * default is {@link #LONGEST_WAIT}, which no such timer exceeds. A shorter time releases sessions that ASAs have
     * forgotten.
     */
    public Duration ownMove() {
        return get(Time.OWN_MOVE);
    }

    /**
     * {@return these timeouts with another {@link #ownMove}}
     *
     * @param value the time
     */
    public Timeouts withOwnMove(Duration value) {
        return with(Time.OWN_MOVE, value);
    }

    /**
     * {@return how long one peer may delay one negotiation by M_WAIT messages in total; only time that has passed
     * counts} RFC 8990 has no such bound; the default is {@link #LONGEST_WAIT}.
     */
    public Duration totalWait() {
        return get(Time.TOTAL_WAIT);
    }

    /**
     * {@return how long one negotiation may take in total} The waits that either side requests by M_WAIT do not count,
     * and the moves of this node's ASA only if the objective is {@linkplain RegistrationOptions#raisedLoopCount
     * registered as raising the loop count}. It is checked at each offer of either side, which then ends the session.
     * If the ASA gives the peer more time than that for one message, this time is the bound. RFC 8990 has no such
     * bound. It ends negotiations whose loop count is raised for ever.
     */
    public Duration negotiation() {
        return get(Time.NEGOTIATION);
    }

    /**
     * {@return these timeouts with another {@link #negotiation}}
     *
     * @param value the time
     */
    public Timeouts withNegotiation(Duration value) {
        return with(Time.NEGOTIATION, value);
    }

    /** {@return how long a search for a peer continues after the first answer, to find several peers to choose from} */
    public Duration peerGathering() {
        return get(Time.PEER_GATHERING);
    }

    /**
     * {@return these timeouts with another {@link #peerGathering}}
     *
     * @param value the time
     */
    public Timeouts withPeerGathering(Duration value) {
        return with(Time.PEER_GATHERING, value);
    }

    /** {@return how long a peer that did not reply validly to a rapid answer gets only M_RESPONSE} */
    public Duration rapidMemory() {
        return get(Time.RAPID_MEMORY);
    }

    /**
     * {@return these timeouts with another {@link #rapidMemory}}
     *
     * @param value the time
     */
    public Timeouts withRapidMemory(Duration value) {
        return with(Time.RAPID_MEMORY, value);
    }

    /** {@return how long a raw channel may go without an item in either direction} */
    public Duration rawIdle() {
        return get(Time.RAW_IDLE);
    }

    /**
     * {@return these timeouts with another {@link #rawIdle}}
     *
     * @param value the time
     */
    public Timeouts withRawIdle(Duration value) {
        return with(Time.RAW_IDLE, value);
    }

    /**
     * {@return these timeouts with another {@link #totalWait}}
     *
     * @param value the time
     */
    public Timeouts withTotalWait(Duration value) {
        return with(Time.TOTAL_WAIT, value);
    }

    /** {@return how long an initiator waits, after the end of a session, for the responder to close the connection} */
    public Duration linger() {
        return get(Time.LINGER);
    }

    /**
     * {@return these timeouts with another {@link #linger}}
     *
     * @param value the time
     */
    public Timeouts withLinger(Duration value) {
        return with(Time.LINGER, value);
    }

    /**
     * {@return how long an ended session or a multicast of another node is remembered, to recognize duplicates; at
     * least twice GRASP_DEF_TIMEOUT (RFC 8990 section 2.5.6.2)}
     */
    public Duration sessionMemory() {
        return get(Time.SESSION_MEMORY);
    }

    /**
     * {@return these timeouts with another {@link #sessionMemory}}
     *
     * @param value the time
     */
    public Timeouts withSessionMemory(Duration value) {
        return with(Time.SESSION_MEMORY, value);
    }

    /**
     * {@return how long a locator that came with a ttl of 0 is valid (RFC 8990 section 2.8.5), at most
     * {@link #locatorLifetime}}
     */
    public Duration indefiniteDiscovery() {
        return get(Time.INDEFINITE_DISCOVERY);
    }

    /**
     * {@return these timeouts with another {@link #indefiniteDiscovery}}
     *
     * @param value the time
     */
    public Timeouts withIndefiniteDiscovery(Duration value) {
        return with(Time.INDEFINITE_DISCOVERY, value);
    }

    /**
     * {@return the longest time that a discovered locator is valid, whatever ttl came with it} A ttl on the wire may be
     * 49 days, and nothing proves that the sender of a response serves the objective. Flooded locators keep their ttl.
     */
    public Duration locatorLifetime() {
        return get(Time.LOCATOR_LIFETIME);
    }

    /**
     * {@return these timeouts with another {@link #locatorLifetime}}
     *
     * @param value the time
     */
    public Timeouts withLocatorLifetime(Duration value) {
        return with(Time.LOCATOR_LIFETIME, value);
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
