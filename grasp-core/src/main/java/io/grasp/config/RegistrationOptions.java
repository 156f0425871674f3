package io.grasp.config;

import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.wire.WireMillis;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How an objective is registered (RFC 8991 section 2.3.3). Immutable; start from {@link #DEFAULTS}.
 *
 * @param ttl how long discovery responses are valid: above zero and less than 2^32 ms, rounded up to whole
 *     milliseconds; or {@link #INDEFINITE}
 * @param discoverable whether peers can discover the objective before an ASA listens for it; meant for objectives that
 *     are for discovery only
 * @param overlap whether several ASAs may register the objective; all of them must set this
 * @param local whether discovery must return a link-local address: the node's address on the link that the discovery
 *     came from, or, for an ASA of the same node, the address on each link. A unicast discovery from an address that
 *     does not identify its link gets no answer
 * @param maxMessageBytes the longest unicast message about the objective, in bytes of CBOR. The node's bound for every
 *     message ({@link Limits#message}) is the minimum. Peers that do not know the objective accept 2048 bytes (RFC 8990
 *     section 2.6). Each connection may buffer three such messages: at worst a node buffers them for each of
 *     {@link Limits#connections} and {@link Limits#sessions}, and for {@link Limits#connectionsPerPeer} connections of
 *     one peer
 * @param rapid how the node answers discoveries that also carry a request (RFC 8990 section 2.5.4.5)
 * @param raisedLoopCount whether ASAs set the loop count of each offer themselves, instead of the core decrementing it:
 *     for transfers with more steps than a loop count allows. The loop count then bounds neither side, {@link
 *     Timeouts#negotiation} does
 * @param locators the locators that discovery returns instead of this node's own, also on this node; empty for this
 *     node's own
 */
public record RegistrationOptions(
        Duration ttl,
        boolean discoverable,
        boolean overlap,
        boolean local,
        int maxMessageBytes,
        RapidMode rapid,
        boolean raisedLoopCount,
        List<Locator> locators) {
    /**
     * The ttl of discovery responses that are valid for much longer than GRASP_DEF_TIMEOUT (a ttl of 0 on the wire, RFC
     * 8990 section 2.8.5). Each node decides how long that is, this implementation by {@link
     * Timeouts#indefiniteDiscovery}.
     */
    public static final Duration INDEFINITE = FloodedObjective.INDEFINITE;

    /** Responses valid for GRASP_DEF_TIMEOUT, everything else off. */
    public static final RegistrationOptions DEFAULTS =
            new RegistrationOptions(Duration.ofSeconds(60), false, false, false, 1, RapidMode.OFF, false, List.of());

    /** Checks and copies the components. */
    public RegistrationOptions {
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(rapid, "rapid");
        locators = List.copyOf(locators);
        if (!ttl.equals(INDEFINITE) && (ttl.isZero() || !WireMillis.fits(ttl))) {
            throw new IllegalArgumentException(
                    "ttl " + ttl + " is not above zero and at most " + WireMillis.MAX + " ms");
        }
        if (maxMessageBytes < 1) {
            throw new IllegalArgumentException("maxMessageBytes is " + maxMessageBytes + ", must be at least 1");
        }
    }

    /** {@return the ttl in milliseconds, as it stands in a message: 0 only if it is {@link #INDEFINITE}} */
    public long ttlMillis() {
        return isIndefinite() ? 0 : WireMillis.of(ttl);
    }

    /** {@return whether the ttl is {@link #INDEFINITE}} */
    public boolean isIndefinite() {
        return ttl.equals(INDEFINITE);
    }

    /**
     * {@return these options with another ttl}
     *
     * @param newTtl see {@link #ttl}
     */
    public RegistrationOptions withTtl(Duration newTtl) {
        return new RegistrationOptions(
                newTtl, discoverable, overlap, local, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /** {@return these options with the ttl {@link #INDEFINITE}} */
    public RegistrationOptions withIndefiniteTtl() {
        return withTtl(INDEFINITE);
    }

    /**
     * {@return these options, discoverable before an ASA listens or not}
     *
     * @param newDiscoverable see {@link #discoverable}
     */
    public RegistrationOptions withDiscoverable(boolean newDiscoverable) {
        return new RegistrationOptions(
                ttl, newDiscoverable, overlap, local, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /**
     * {@return these options, shared with other ASAs or not}
     *
     * @param newOverlap see {@link #overlap}
     */
    public RegistrationOptions withOverlap(boolean newOverlap) {
        return new RegistrationOptions(
                ttl, discoverable, newOverlap, local, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /**
     * {@return these options, with a link-local address in discovery responses or not}
     *
     * @param newLocal see {@link #local}
     */
    public RegistrationOptions withLocal(boolean newLocal) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, newLocal, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /**
     * {@return these options with another {@link #maxMessageBytes}}
     *
     * @param newMaxMessageBytes the size in bytes
     */
    public RegistrationOptions withMaxMessageBytes(int newMaxMessageBytes) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, newMaxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /**
     * {@return these options with explicit locators}
     *
     * @param newLocators the locators
     */
    public RegistrationOptions withLocators(List<Locator> newLocators) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, maxMessageBytes, rapid, raisedLoopCount, newLocators);
    }

    /**
     * {@return these options with another answer to rapid requests}
     *
     * @param newRapid see {@link #rapid}
     */
    public RegistrationOptions withRapid(RapidMode newRapid) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, maxMessageBytes, newRapid, raisedLoopCount, locators);
    }

    /**
     * {@return these options, with loop counts that ASAs set or not, see {@link #raisedLoopCount}}
     *
     * @param newRaisedLoopCount see {@link #raisedLoopCount}
     */
    public RegistrationOptions withRaisedLoopCount(boolean newRaisedLoopCount) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, maxMessageBytes, rapid, newRaisedLoopCount, locators);
    }
}
