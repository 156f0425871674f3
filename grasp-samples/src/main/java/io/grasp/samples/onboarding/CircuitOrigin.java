package io.grasp.samples.onboarding;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where a circuit comes from. A node can invent link-local addresses, but not be on another link.
 *
 * @param link the index of the link, 0 if the address has none
 * @param address the address of the pledge
 */
record CircuitOrigin(int link, InetAddress address) {
    static CircuitOrigin of(InetAddress address) {
        return new CircuitOrigin(address instanceof Inet6Address scoped ? scoped.getScopeId() : 0, address);
    }

    /**
     * The origin that gives up a circuit to this one when all are in use: on the link that has the most circuits, the
     * address that has the most. A place moves only if the other has more than this one even after that.
     *
     * @param inUse the origin of each circuit
     */
    Optional<CircuitOrigin> mayDisplace(Collection<CircuitOrigin> inUse) {
        Map<Integer, Long> links = count(inUse, CircuitOrigin::link);
        Map<CircuitOrigin, Long> origins = count(inUse, Function.identity());
        Optional<Integer> fullest = most(links, links.getOrDefault(link, 0L) + 1);
        return fullest.isPresent()
                ? most(restrict(origins, fullest.get()), 0)
                : most(restrict(origins, link), origins.getOrDefault(this, 0L) + 1);
    }

    private static <K> Map<K, Long> count(Collection<CircuitOrigin> inUse, Function<CircuitOrigin, K> key) {
        return inUse.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
    }

    private static Map<CircuitOrigin, Long> restrict(Map<CircuitOrigin, Long> origins, int link) {
        return origins.entrySet().stream()
                .filter(entry -> entry.getKey().link() == link)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static <K> Optional<K> most(Map<K, Long> counts, long moreThan) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() > moreThan)
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey);
    }
}
