package io.grasp.samples.prefix.manager;

import io.grasp.api.PeerSelector;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.samples.prefix.Prefix;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The providers that a requester remembers: the one that has assigned a prefix last, and those that have failed or
 * declined lately and are asked last (RFC 9222 appendix A). Confined to the thread of the
 * ASA's signals.
 */
final class KnownProviders {
    private static final int MOST_REMEMBERED = 1000;

    private final Duration avoidance;
    private final Map<Locator, Duration> avoidedUntil = new LinkedHashMap<>();

    /** How many addresses a node has got from this one, less those that this one has got from it. */
    private final Map<InetAddress, BigInteger> balances = new LinkedHashMap<>();

    private @Nullable AsaLocator good;

    /** @param avoidance how long a provider that has not helped is asked last */
    KnownProviders(Duration avoidance) {
        this.avoidance = avoidance;
    }

    /** {@return the provider that has helped last, unless it is excluded; its locator may have expired} */
    Optional<AsaLocator> good(Set<InetAddress> excluded) {
        return Optional.ofNullable(good).filter(each -> !isExcluded(each, excluded));
    }

    /** {@return the locator of the provider that has helped last} */
    Optional<Locator> remembered() {
        return Optional.ofNullable(good).map(AsaLocator::locator);
    }

    /** {@return whether a discovered provider can be asked at all} */
    static boolean isUsable(AsaLocator found, Set<InetAddress> excluded) {
        return !PeerSelector.DEFAULT.select(List.of(found)).isEmpty() && !isExcluded(found, excluded);
    }

    private static boolean isExcluded(AsaLocator found, Set<InetAddress> excluded) {
        return address(found).map(excluded::contains).orElse(false);
    }

    /** {@return the address of a locator that has one} */
    static Optional<InetAddress> address(AsaLocator found) {
        return address(found.locator());
    }

    private static Optional<InetAddress> address(Locator locator) {
        if (locator instanceof Locator.Ipv6 ipv6) {
            return Optional.of(ipv6.address());
        }
        return locator instanceof Locator.Ipv4 ipv4 ? Optional.of(ipv4.address()) : Optional.empty();
    }

    /**
     * {@return the group in which a discovered provider is asked} The first one is 0; those that have failed lately
     * come later, and last those to which this node has assigned prefixes itself: they have less than this node.
     */
    int group(AsaLocator found, Duration now) {
        Duration end = avoidedUntil.get(found.locator());
        int group = end != null && end.compareTo(now) > 0 ? 1 : 0;
        return address(found).filter(this::hasLess).isPresent() ? group + 2 : group;
    }

    /** This node has assigned a prefix to the node with this address. */
    void assigned(InetAddress requester, Prefix prefix) {
        count(requester, prefix.size());
    }

    private void count(InetAddress node, BigInteger addresses) {
        BigInteger before = balances.remove(node);
        if (balances.size() == MOST_REMEMBERED) {
            balances.remove(balances.keySet().iterator().next());
        }
        balances.put(node, before == null ? addresses : before.add(addresses));
    }

    private boolean hasLess(InetAddress node) {
        return balances.getOrDefault(node, BigInteger.ZERO).signum() > 0;
    }

    /**
     * {@return the addresses of nodes that have got more from this node than this one from them, and have not helped it
     * lately} The second condition is necessary: a provider may have been short of space once, and then has got a
     * prefix from a node below it.
     */
    Set<InetAddress> uselessRequesters(Duration now) {
        return avoidedUntil.entrySet().stream()
                .filter(each -> each.getValue().compareTo(now) > 0)
                .map(Map.Entry::getKey)
                .flatMap(locator -> address(locator).stream())
                .filter(this::hasLess)
                .collect(Collectors.toSet());
    }

    /** The provider has assigned a prefix. */
    void helped(AsaLocator provider, Prefix prefix) {
        good = provider;
        avoidedUntil.remove(provider.locator());
        address(provider).ifPresent(node -> count(node, prefix.size().negate()));
    }

    /** The provider has failed or declined: it is forgotten, and asked last for some time. */
    void failed(AsaLocator provider, Duration now) {
        if (good != null && good.locator().equals(provider.locator())) {
            good = null;
        }
        avoidedUntil.remove(provider.locator());
        avoidedUntil.values().removeIf(end -> end.compareTo(now) <= 0);
        if (avoidedUntil.size() == MOST_REMEMBERED) {
            avoidedUntil.remove(avoidedUntil.keySet().iterator().next());
        }
        avoidedUntil.put(provider.locator(), now.plus(avoidance));
    }
}
