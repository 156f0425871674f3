package io.grasp.samples.onboarding;

import io.grasp.model.FloodedObjective;
import io.grasp.util.GrowingPauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that a pledge has heard of, and when to try each again. Its size is bounded: any node on the link can
 * flood as many as it likes, so the neighbor that has the most loses the one that was heard first. Confined to one
 * thread.
 */
final class KnownProxies {
    static final int MAX = 256;

    /** A proxy is tried although its flood has expired by then: some are floods of a millisecond. */
    private static final Duration LEAST_LIFE = Duration.ofSeconds(30);

    private static final GrowingPauses PAUSES = new GrowingPauses(Duration.ofSeconds(10), Duration.ofHours(1));

    private final Map<JoinProxyPlace, Proxy> proxies = new LinkedHashMap<>();
    private final RandomGenerator random;

    KnownProxies(RandomGenerator random) {
        this.random = random;
    }

    private static final class Proxy {
        private FloodedObjective flooded;
        private Duration expires;
        private Duration notBefore = Duration.ZERO;
        private int failures;
        private boolean isTried;

        Proxy(FloodedObjective flooded, Duration expires) {
            this.flooded = flooded;
            this.expires = expires;
        }
    }

    /** A proxy has been flooded. That it failed before is not forgotten. */
    void heard(FloodedObjective flooded, Duration now) {
        if (!JoinObjectives.isProxyForTcp(flooded)) {
            return;
        }
        JoinProxyPlace place = JoinProxyPlace.of(flooded);
        Duration least = now.plus(LEAST_LIFE);
        Duration expires = flooded.expires().compareTo(least) < 0 ? least : flooded.expires();
        Proxy known = proxies.get(place);
        if (known != null) {
            known.flooded = flooded;
            known.expires = expires;
            return;
        }
        if (proxies.size() >= MAX) {
            forgetOne(place);
        }
        proxies.put(place, new Proxy(flooded, expires));
    }

    /** Makes room for a proxy, at the expense of the neighbor that would have the most. */
    private void forgetOne(JoinProxyPlace added) {
        Map<String, Integer> counts = new TreeMap<>();
        counts.put(added.addressText(), 1);
        proxies.keySet().forEach(place -> counts.merge(place.addressText(), 1, Integer::sum));
        int most = Collections.max(counts.values());
        proxies.keySet().stream()
                .filter(place -> counts.getOrDefault(place.addressText(), 0) == most)
                .findFirst()
                .ifPresent(proxies::remove);
    }

    /**
     * Chooses a proxy to try: at random among the neighbors, and then among the ports of that one, so that a neighbor
     * does not become more likely by many ports.
     */
    Optional<JoinProxyPlace> choose(Duration now) {
        Map<String, List<JoinProxyPlace>> byNeighbor = new TreeMap<>();
        proxies.forEach((place, proxy) -> {
            if (isReady(proxy, now)) {
                byNeighbor
                        .computeIfAbsent(place.addressText(), first -> new ArrayList<>())
                        .add(place);
            }
        });
        if (byNeighbor.isEmpty()) {
            return Optional.empty();
        }
        List<JoinProxyPlace> ports = any(new ArrayList<>(byNeighbor.values()));
        JoinProxyPlace chosen = any(ports);
        Proxy proxy = proxies.get(chosen);
        if (proxy != null) {
            proxy.isTried = true;
        }
        return Optional.of(chosen);
    }

    private <T> T any(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static boolean isReady(Proxy proxy, Duration now) {
        return !proxy.isTried && proxy.notBefore.compareTo(now) <= 0 && proxy.expires.compareTo(now) > 0;
    }

    /**
     * An attempt has failed: the proxy is tried again after a pause that doubles up to an hour (RFC 8995 section 4.1),
     * if it is flooded again.
     *
     * @return its flood, which is stale; {@code null} if it has been forgotten
     */
    @Nullable
    FloodedObjective failed(JoinProxyPlace place, Duration now) {
        Proxy proxy = proxies.get(place);
        if (proxy == null) {
            return null;
        }
        proxy.failures++;
        proxy.notBefore = now.plus(PAUSES.bound(proxy.failures));
        proxy.isTried = false;
        return proxy.flooded;
    }

    /** {@return when the next proxy becomes ready, without another flood; empty if none does} */
    Optional<Duration> nextReady(Duration now) {
        return proxies.values().stream()
                .filter(proxy -> !proxy.isTried && proxy.expires.compareTo(proxy.notBefore) > 0)
                .filter(proxy -> proxy.expires.compareTo(now) > 0)
                .map(proxy -> proxy.notBefore)
                .min(Comparator.naturalOrder());
    }
}
