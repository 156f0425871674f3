package io.grasp.config;

import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one engine. Immutable.
 *
 * @param limits the bounds
 * @param timeouts when to give up
 * @param relay the bounds as a relay
 * @param advertisedAddress the address that this node gives to peers on all its links, as the initiator of its sessions
 *     and as the place of its ASAs, and that it serves; or none to choose among its own. A DULL instance ignores it
 * @param dull what makes it a DULL instance, or none for any other
 * @param ipv4Nat whether IPv4 addresses are translated in this network, so that one means nothing to a peer that is
 *     diverted to it (RFC 8990 section 2.9.5.2)
 */
public record EngineConfig(
        Limits limits,
        Timeouts timeouts,
        RelayLimits relay,
        @Nullable InetAddress advertisedAddress,
        @Nullable Dull dull,
        boolean ipv4Nat) {
    /** The settings of a node that nobody configured. */
    public static final EngineConfig DEFAULTS =
            new EngineConfig(Limits.DEFAULTS, Timeouts.DEFAULTS, RelayLimits.DEFAULTS, null, null, false);

    public EngineConfig {
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(timeouts, "timeouts");
        Objects.requireNonNull(relay, "relay");
        if (advertisedAddress != null) {
            advertisedAddress = requireAdvertisable(advertisedAddress);
        }
    }

    /** {@return the address without its scope, if peers everywhere can use it} */
    private static InetAddress requireAdvertisable(InetAddress address) {
        InetAddress plain = PeerAddresses.withoutScope(PeerAddresses.plain(address));
        boolean linkLocal = plain.isLinkLocalAddress();
        if (linkLocal || !plain.isLoopbackAddress() && !PeerAddresses.isPeer(plain)) {
            throw new IllegalArgumentException("the advertised address " + plain.getHostAddress() + " is "
                    + (linkLocal ? "link-local" : "no unicast address"));
        }
        return plain;
    }

    /** {@return these settings with other bounds} */
    public EngineConfig withLimits(Limits value) {
        return new EngineConfig(value, timeouts, relay, advertisedAddress, dull, ipv4Nat);
    }

    /** {@return these settings with other times} */
    public EngineConfig withTimeouts(Timeouts value) {
        return new EngineConfig(limits, value, relay, advertisedAddress, dull, ipv4Nat);
    }

    /** {@return these settings with other bounds as a relay} */
    public EngineConfig withRelay(RelayLimits value) {
        return new EngineConfig(limits, timeouts, value, advertisedAddress, dull, ipv4Nat);
    }

    /**
     * {@return these settings with an address for peers, or without one, to choose among the node's own}
     *
     * @throws IllegalArgumentException if the address cannot be reached from everywhere: it is link-local,
     *     unspecified, multicast, broadcast or reserved
     */
    public EngineConfig withAdvertisedAddress(@Nullable InetAddress value) {
        return new EngineConfig(limits, timeouts, relay, value, dull, ipv4Nat);
    }

    /** {@return these settings for a DULL instance} */
    public EngineConfig withDull(Dull value) {
        Dull rules = Objects.requireNonNull(value, "dull");
        return new EngineConfig(limits, timeouts, relay, advertisedAddress, rules, ipv4Nat);
    }

    /** {@return these settings for a network where IPv4 addresses are translated, or for one where they are not} */
    public EngineConfig withIpv4Nat(boolean value) {
        return new EngineConfig(limits, timeouts, relay, advertisedAddress, dull, value);
    }
}
