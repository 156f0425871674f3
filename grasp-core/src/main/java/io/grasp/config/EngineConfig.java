package io.grasp.config;

import io.grasp.model.MemoryNeed;
import io.grasp.security.PeerPolicy;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one engine. Immutable.
 *
 * @param limits the bounds
 * @param timeouts how long the engine waits before it gives up
 * @param relay the bounds that apply when this node relays
 * @param advertisedAddress the address that this node advertises on all its links, both as the initiator of its
 *     sessions and as the locator of its ASAs, and at which it accepts connections; null if the node chooses
 *     among its own addresses. A DULL instance ignores it
 * @param dull the rules of a DULL instance, or null for an ordinary node
 * @param ipv4Nat whether this network translates IPv4 addresses (NAT); if so, no divert contains an IPv4 address (RFC
 *     8990 section 2.9.5.2)
 * @param peerPolicy what peers may do. A DULL instance, whose neighbors are not authenticated, ignores it
 */
public record EngineConfig(
        Limits limits,
        Timeouts timeouts,
        RelayLimits relay,
        @Nullable InetAddress advertisedAddress,
        @Nullable Dull dull,
        boolean ipv4Nat,
        PeerPolicy peerPolicy) {
    /** The default settings. */
    public static final EngineConfig DEFAULTS = new EngineConfig(
            Limits.DEFAULTS, Timeouts.DEFAULTS, RelayLimits.DEFAULTS, null, null, false, PeerPolicy.ALL);

    /** Checks the components. */
    public EngineConfig {
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(timeouts, "timeouts");
        Objects.requireNonNull(relay, "relay");
        Objects.requireNonNull(peerPolicy, "peerPolicy");
        if (advertisedAddress != null) {
            advertisedAddress = requireAdvertisable(advertisedAddress);
        }
    }

    /** {@return the address without its scope} Fails if the address is not valid beyond one link. */
    private static InetAddress requireAdvertisable(InetAddress address) {
        InetAddress plain = PeerAddresses.withoutScope(PeerAddresses.plain(address));
        boolean linkLocal = plain.isLinkLocalAddress();
        if (linkLocal || !plain.isLoopbackAddress() && !PeerAddresses.isPeer(plain)) {
            throw new IllegalArgumentException("the advertised address " + AddressText.of(plain) + " is "
                    + (linkLocal ? "link-local" : "not a unicast address"));
        }
        return plain;
    }

    /**
     * {@return the most memory that these settings let the engine use, with the connections of its sessions} A
     * substrate may need more.
     */
    public MemoryNeed worstCase() {
        MemoryNeed ofLimits = limits.worstCase();
        return dull == null ? ofLimits.and(relay.worstCase(limits.locators(), timeouts.sessionMemory())) : ofLimits;
    }

    /**
     * {@return these settings with other bounds}
     *
     * @param value the new setting
     */
    public EngineConfig withLimits(Limits value) {
        return new EngineConfig(value, timeouts, relay, advertisedAddress, dull, ipv4Nat, peerPolicy);
    }

    /**
     * {@return these settings with other timeouts}
     *
     * @param value the new setting
     */
    public EngineConfig withTimeouts(Timeouts value) {
        return new EngineConfig(limits, value, relay, advertisedAddress, dull, ipv4Nat, peerPolicy);
    }

    /**
     * {@return these settings with other bounds for relaying}
     *
     * @param value the new setting
     */
    public EngineConfig withRelay(RelayLimits value) {
        return new EngineConfig(limits, timeouts, value, advertisedAddress, dull, ipv4Nat, peerPolicy);
    }

    /**
     * {@return these settings with another advertised address}
     *
     * @param value the new setting
     * @throws IllegalArgumentException if the address cannot be reached from everywhere: it is link-local,
     *     unspecified, multicast, broadcast or reserved
     */
    public EngineConfig withAdvertisedAddress(InetAddress value) {
        InetAddress address = Objects.requireNonNull(value, "address");
        return new EngineConfig(limits, timeouts, relay, address, dull, ipv4Nat, peerPolicy);
    }

    /** {@return these settings without an advertised address: the node chooses among its own} */
    public EngineConfig withoutAdvertisedAddress() {
        return new EngineConfig(limits, timeouts, relay, null, dull, ipv4Nat, peerPolicy);
    }

    /**
     * {@return these settings for a DULL instance, with {@link Limits#DULL} instead of {@link Limits#DEFAULTS}}
     *
     * @param value the new setting
     */
    public EngineConfig withDull(Dull value) {
        Dull rules = Objects.requireNonNull(value, "dull");
        Limits bounds = limits.equals(Limits.DEFAULTS) ? Limits.DULL : limits;
        return new EngineConfig(bounds, timeouts, relay, advertisedAddress, rules, ipv4Nat, peerPolicy);
    }

    /**
     * {@return these settings for a network that does, or does not, translate IPv4 addresses}
     *
     * @param value the new setting
     */
    public EngineConfig withIpv4Nat(boolean value) {
        return new EngineConfig(limits, timeouts, relay, advertisedAddress, dull, value, peerPolicy);
    }

    /**
     * {@return these settings with another policy for peers}
     *
     * @param value the new setting
     */
    public EngineConfig withPeerPolicy(PeerPolicy value) {
        return new EngineConfig(limits, timeouts, relay, advertisedAddress, dull, ipv4Nat, value);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
