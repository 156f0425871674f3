package io.grasp.samples.prefix.manager;

import io.grasp.api.PeerSelector;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.text.NodeAddress;
import java.math.BigInteger;
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
    private final Map<Place, Duration> avoidedUntil = new LinkedHashMap<>();

    /** Where a provider is: a locator with a link-local address is another place on another link. */
    private record Place(Locator locator, Optional<NodeAddress> node) {
        static Place of(AsaLocator found) {
            return new Place(found.locator(), NodeAddress.of(found));
        }
    }

    /** How many addresses a node has got from this one, less those that this one has got from it. */
    private final Map<NodeAddress, BigInteger> balances = new LinkedHashMap<>();

    private @Nullable AsaLocator good;

    /** @param avoidance how long a provider that has not helped is asked last */
    KnownProviders(Duration avoidance) {
        this.avoidance = avoidance;
    }

    /** {@return the provider that has helped last, unless it is excluded; its locator may have expired} */
    Optional<AsaLocator> good(Set<NodeAddress> excluded) {
        return Optional.ofNullable(good).filter(each -> !isExcluded(each, excluded));
    }

    /** {@return the locator of the provider that has helped last} */
    Optional<Locator> remembered() {
        return Optional.ofNullable(good).map(AsaLocator::locator);
    }

    /** {@return whether a discovered provider can be asked at all} */
    static boolean isUsable(AsaLocator found, Set<NodeAddress> excluded) {
        return !PeerSelector.DEFAULT.select(List.of(found)).isEmpty() && !isExcluded(found, excluded);
    }

    private static boolean isExcluded(AsaLocator found, Set<NodeAddress> excluded) {
        return NodeAddress.of(found).map(excluded::contains).orElse(false);
    }

    /** {@return whether two locators are those of one provider} */
    static boolean isSame(AsaLocator one, AsaLocator other) {
        return Place.of(one).equals(Place.of(other));
    }

    /**
     * {@return the group in which a discovered provider is asked} The first one is 0; those that have failed lately
     * come later, and last those to which this node has assigned prefixes itself: they have less than this node.
     */
    int group(AsaLocator found, Duration now) {
        Duration end = avoidedUntil.get(Place.of(found));
        int group = end != null && end.compareTo(now) > 0 ? 1 : 0;
        return NodeAddress.of(found).filter(this::hasLess).isPresent() ? group + 2 : group;
    }

    /** This node has assigned a prefix to the node with this address. */
    void assigned(NodeAddress requester, Prefix prefix) {
        count(requester, prefix.size());
    }

    private void count(NodeAddress node, BigInteger addresses) {
        BigInteger before = balances.remove(node);
        if (balances.size() == MOST_REMEMBERED) {
            balances.remove(balances.keySet().iterator().next());
        }
        balances.put(node, before == null ? addresses : before.add(addresses));
    }

    private boolean hasLess(NodeAddress node) {
        return balances.getOrDefault(node, BigInteger.ZERO).signum() > 0;
    }

    /**
     * {@return the addresses of nodes that have got more from this node than this one from them, and have not helped it
     * lately} The second condition is necessary: a provider may have been short of space once, and then has got a
     * prefix from a node below it.
     */
    Set<NodeAddress> uselessRequesters(Duration now) {
        return avoidedUntil.entrySet().stream()
                .filter(each -> each.getValue().compareTo(now) > 0)
                .map(Map.Entry::getKey)
                .flatMap(place -> place.node().stream())
                .filter(this::hasLess)
                .collect(Collectors.toSet());
    }

    /** The provider has assigned a prefix. */
    void helped(AsaLocator provider, Prefix prefix) {
        good = provider;
        avoidedUntil.remove(Place.of(provider));
        NodeAddress.of(provider).ifPresent(node -> count(node, prefix.size().negate()));
    }

    /** The provider has failed or declined: it is forgotten, and asked last for some time. */
    void failed(AsaLocator provider, Duration now) {
        if (good != null && isSame(good, provider)) {
            good = null;
        }
        avoidedUntil.remove(Place.of(provider));
        avoidedUntil.values().removeIf(end -> end.compareTo(now) <= 0);
        if (avoidedUntil.size() == MOST_REMEMBERED) {
            avoidedUntil.remove(avoidedUntil.keySet().iterator().next());
        }
        avoidedUntil.put(Place.of(provider), now.plus(avoidance));
    }
}
