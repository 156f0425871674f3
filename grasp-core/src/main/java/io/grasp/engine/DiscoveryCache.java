package io.grasp.engine;

import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What discovery has found, until its time to live is over (RFC 8990 section 2.5.4.3). */
final class DiscoveryCache {
    private final Loop loop;
    private final int locatorsEach;
    private final Map<String, Map<Place, Found>> objectives;

    DiscoveryCache(Loop loop, Limits limits) {
        this.loop = loop;
        this.locatorsEach = limits.locators();
        this.objectives = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Map<Place, Found>> eldest) {
                return size() > limits.discoveryEntries();
            }
        };
    }

    /** Adds a locator, or renews it. The locator's ttl is counted from now. */
    void put(String objective, AsaLocator locator) {
        Map<Place, Found> places = objectives.computeIfAbsent(objective, name -> new LinkedHashMap<>());
        Place place = Place.of(locator);
        Found known = places.remove(place);
        long expires = loop.nanoTime() + Nanos.of(locator.ttl());
        if (known != null && known.expires - expires > 0) {
            places.put(place, known);
            return;
        }
        if (places.size() >= locatorsEach) {
            Iterator<Place> oldest = places.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        places.put(place, new Found(locator, expires));
    }

    /** {@return the locators of an objective that are still valid, with the ttl they have left} */
    List<AsaLocator> get(String objective) {
        long now = loop.nanoTime();
        List<AsaLocator> valid = new ArrayList<>();
        for (Found found : objectives.getOrDefault(objective, Map.of()).values()) {
            if (found.expires - now > 0) {
                valid.add(found.at(now));
            }
        }
        return valid;
    }

    /** Forgets the locators of an objective whose time is up in the given time or sooner. */
    void purge(String objective, Duration minimumTtl) {
        Map<Place, Found> places = objectives.get(objective);
        if (places != null) {
            long horizon = loop.nanoTime() + Nanos.of(minimumTtl);
            // RFC 8991 section 2.3.4: a minimum of 0 flushes all
            places.values().removeIf(found -> minimumTtl.isZero() || found.expires - horizon <= 0);
            if (places.isEmpty()) {
                objectives.remove(objective);
            }
        }
    }

    /** Two locators are one if they lead to the same place; a link-local address leads somewhere only with its link. */
    record Place(Locator locator, int linkIndex) {
        static Place of(AsaLocator found) {
            boolean onLink = found.locator() instanceof Locator.Ipv6 ipv6
                    && ipv6.address().isLinkLocalAddress();
            return new Place(found.locator(), onLink ? found.linkIndex() : 0);
        }
    }

    private record Found(AsaLocator locator, long expires) {
        AsaLocator at(long now) {
            return new AsaLocator(
                    locator.locator(),
                    locator.link(),
                    locator.linkIndex(),
                    locator.diverted(),
                    Duration.ofNanos(expires - now));
        }
    }
}
