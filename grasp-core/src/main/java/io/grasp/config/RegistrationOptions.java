package io.grasp.config;

import io.grasp.model.Locator;
import io.grasp.wire.WireMillis;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How an objective is registered (RFC 8991 section 2.3.3). Immutable; start from {@link #DEFAULTS}.
 *
 * @param ttl how long discovery responses are valid, below 2^32 ms, rounded up to whole ones; zero for much longer than
 *     GRASP_DEF_TIMEOUT (RFC 8990 section 2.8.5), which other nodes take as they like and this implementation as
 *     {@link Timeouts#unlimitedDiscovery}
 * @param discoverable whether it can be discovered before anybody listens: for objectives that are for discovery only
 * @param overlap whether several ASAs may register it; all of them must say the same
 * @param local whether discovery must show a link-local address: that of the link on which it is asked for, on the
 *     ASA's own node that of each link. A peer that asks by unicast from an address that does not show its link gets no
 *     answer
 * @param maxMessageBytes how long a message to or from one peer about the objective may be, in bytes of CBOR; no less
 *     than the node's own bound for every message ({@link Limits#message}). Peers that know nothing of the objective's
 *     size take 2048 (RFC 8990 section 2.6). A connection of a peer may keep so much: a node keeps
 *     {@link Limits#connections} and {@link Limits#sessions} times the largest one at worst, and
 *     {@link Limits#connectionsPerPeer} times for one peer
 * @param rapid how discoveries that are requests as well are answered (RFC 8990 section 2.5.4.5)
 * @param raisedLoopCount whether authors of the objective set the loop count of each offer, rather than let it fall by
 *     1 with each: for transfers with many more steps than a loop count has. Neither side is then bounded by it
 * @param locators what discovery shows instead of this node's address, on this node too; empty for this node's
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
    /** Responses valid for GRASP_DEF_TIMEOUT, everything else off. */
    public static final RegistrationOptions DEFAULTS =
            new RegistrationOptions(Duration.ofSeconds(60), false, false, false, 1, RapidMode.OFF, false, List.of());

    public RegistrationOptions {
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(rapid, "rapid");
        locators = List.copyOf(locators);
        if (!WireMillis.fits(ttl)) {
            throw new IllegalArgumentException("ttl " + ttl + " is not in 0.." + WireMillis.MAX + " ms");
        }
        if (maxMessageBytes < 1) {
            throw new IllegalArgumentException("maxMessageBytes is " + maxMessageBytes + ", must be at least 1");
        }
    }

    /** {@return the ttl as a message has it: a positive time never becomes zero} */
    public long ttlMillis() {
        return WireMillis.of(ttl);
    }

    /** {@return these options with another ttl} */
    public RegistrationOptions withTtl(Duration newTtl) {
        return new RegistrationOptions(
                newTtl, discoverable, overlap, local, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /** {@return these options, discoverable at once or not} */
    public RegistrationOptions withDiscoverable(boolean newDiscoverable) {
        return new RegistrationOptions(
                ttl, newDiscoverable, overlap, local, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /** {@return these options, shared with other ASAs or not} */
    public RegistrationOptions withOverlap(boolean newOverlap) {
        return new RegistrationOptions(
                ttl, discoverable, newOverlap, local, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /** {@return these options, shown by a link-local address or not} */
    public RegistrationOptions withLocal(boolean newLocal) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, newLocal, maxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /** {@return these options for messages of another length, see {@link #maxMessageBytes}} */
    public RegistrationOptions withMaxMessageBytes(int newMaxMessageBytes) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, newMaxMessageBytes, rapid, raisedLoopCount, locators);
    }

    /** {@return these options with explicit locators} */
    public RegistrationOptions withLocators(List<Locator> newLocators) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, maxMessageBytes, rapid, raisedLoopCount, newLocators);
    }

    /** {@return these options with another answer to discoveries that are requests as well} */
    public RegistrationOptions withRapid(RapidMode newRapid) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, maxMessageBytes, newRapid, raisedLoopCount, locators);
    }

    /** {@return these options, with loop counts that authors set or not, see {@link #raisedLoopCount}} */
    public RegistrationOptions withRaisedLoopCount(boolean newRaisedLoopCount) {
        return new RegistrationOptions(
                ttl, discoverable, overlap, local, maxMessageBytes, rapid, newRaisedLoopCount, locators);
    }
}
