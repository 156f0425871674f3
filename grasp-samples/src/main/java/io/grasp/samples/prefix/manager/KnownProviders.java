package io.grasp.samples.prefix.manager;

import io.grasp.api.PeerSelector;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The providers that a requester remembers: the one that has assigned a prefix last, and those that have failed or
 * declined lately and are asked last (RFC 9222 appendix A). Confined to the loop.
 */
final class KnownProviders {
    private static final int MOST_AVOIDED = 64;

    private final Duration avoidance;
    private final Map<Locator, Duration> avoidedUntil = new LinkedHashMap<>();
    private @Nullable AsaLocator good;

    /** @param avoidance how long a provider that has not helped is asked last */
    KnownProviders(Duration avoidance) {
        this.avoidance = avoidance;
    }

    /** {@return the provider that has helped last, unless it is excluded or no longer valid} */
    Optional<AsaLocator> good(Set<InetAddress> excluded, Duration now) {
        return Optional.ofNullable(good).filter(each -> !isExcluded(each, excluded) && !each.isExpired(now));
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
        if (found.locator() instanceof Locator.Ipv6 ipv6) {
            return Optional.of(ipv6.address());
        }
        return found.locator() instanceof Locator.Ipv4 ipv4 ? Optional.of(ipv4.address()) : Optional.empty();
    }

    /** {@return whether a provider is asked only after the others} */
    boolean isAvoided(AsaLocator found, Duration now) {
        Duration end = avoidedUntil.get(found.locator());
        return end != null && end.compareTo(now) > 0;
    }

    /** The provider has assigned a prefix. */
    void helped(AsaLocator provider) {
        good = provider;
        avoidedUntil.remove(provider.locator());
    }

    /** The provider has failed or declined: it is forgotten, and asked last for some time. */
    void failed(AsaLocator provider, Duration now) {
        if (good != null && good.locator().equals(provider.locator())) {
            good = null;
        }
        avoidedUntil.remove(provider.locator());
        avoidedUntil.values().removeIf(end -> end.compareTo(now) <= 0);
        if (avoidedUntil.size() == MOST_AVOIDED) {
            avoidedUntil.remove(new ArrayList<>(avoidedUntil.keySet()).get(0));
        }
        avoidedUntil.put(provider.locator(), now.plus(avoidance));
    }
}
