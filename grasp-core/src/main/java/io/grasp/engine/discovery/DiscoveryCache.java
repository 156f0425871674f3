package io.grasp.engine.discovery;

import io.grasp.config.Limits;
import io.grasp.engine.channel.PeerFailures;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.Nanos;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What discovery has found, until its time to live is over (RFC 8990 section 2.5.4.3). */
public final class DiscoveryCache implements PeerFailures {
    /** The index where it cannot be told from which link something was learned: it may be any. */
    private static final int UNKNOWN_LINK = 0;

    private final Loop loop;
    private final int locatorsEach;
    private final CacheObserver observer;
    private final Map<String, Map<Place, Found>> objectives;

    public DiscoveryCache(Loop loop, Limits limits, CacheObserver observer) {
        this.loop = loop;
        this.locatorsEach = limits.locators();
        this.observer = observer;
        this.objectives = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Map<Place, Found>> eldest) {
                return size() > limits.discoveryEntries();
            }
        };
    }

    /** Adds a locator, or renews it. The locator's ttl is counted from now. */
    public void put(String objective, AsaLocator locator) {
        Map<Place, Found> places = objectives.computeIfAbsent(objective, name -> new LinkedHashMap<>());
        Place place = Place.of(locator);
        Found known = places.remove(place);
        if (places.size() >= locatorsEach) {
            Iterator<Place> oldest = places.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        long expires = loop.nanoTime() + Nanos.of(locator.ttl());
        Found found = new Found(locator, expires, Set.of(locator.linkIndex()));
        places.put(place, known == null || known.isExpired(loop.nanoTime()) ? found : known.and(found));
        observer.size(objectives.size());
    }

    /** {@return the locators of an objective that are still valid, with the ttl they have left} */
    public List<AsaLocator> get(String objective) {
        return valid(objective, found -> true);
    }

    /**
     * What can be answered to a peer that asks from a link (RFC 8990 section 2.5.4.3): nothing that was learned from
     * that very link, where the node in question answers for itself, and nothing that is valid on one link only. A peer
     * whose link is not known may be on any, so it gets nothing, and is answered by the nodes that its discovery is
     * relayed to.
     */
    List<AsaLocator> elsewhere(String objective, @Nullable Link asking) {
        return valid(
                objective,
                found -> asking != null
                        && !found.links.contains(asking.index())
                        && !found.links.contains(UNKNOWN_LINK)
                        && !found.locator.locator().isLinkLocal());
    }

    private List<AsaLocator> valid(String objective, Predicate<Found> which) {
        long now = loop.nanoTime();
        List<AsaLocator> valid = new ArrayList<>();
        for (Found found : objectives.getOrDefault(objective, Map.of()).values()) {
            if (!found.isExpired(now) && which.test(found)) {
                valid.add(found.at(now));
            }
        }
        observer.read(!valid.isEmpty());
        return valid;
    }

    /** Forgets the place, for every objective. */
    @Override
    public void unreachable(AsaLocator peer) {
        Place place = Place.of(peer);
        objectives.values().forEach(places -> places.remove(place));
        removeEmpty();
    }

    /** Forgets the place for this objective. */
    @Override
    public void notListening(String objective, AsaLocator peer) {
        Map<Place, Found> places = objectives.get(objective);
        if (places != null) {
            places.remove(Place.of(peer));
            removeEmpty();
        }
    }

    /** Forgets what was learned from a link only, and all that leads somewhere on it. */
    public void linkDown(Link gone) {
        objectives
                .values()
                .forEach(places -> places.entrySet()
                        .removeIf(entry -> entry.getKey().linkIndex() == gone.index()
                                || entry.getValue().links.equals(Set.of(gone.index()))));
        removeEmpty();
    }

    private void removeEmpty() {
        objectives.values().removeIf(Map::isEmpty);
        observer.size(objectives.size());
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
                observer.size(objectives.size());
            }
        }
    }

    /** Two locators are one if they lead to the same place; a link-local address leads somewhere only with its link. */
    record Place(Locator locator, int linkIndex) {
        static Place of(AsaLocator found) {
            return new Place(found.locator(), found.locator().isLinkLocal() ? found.linkIndex() : 0);
        }
    }

    /** @param links the indexes of the links that it was learned from */
    private record Found(AsaLocator locator, long expires, Set<Integer> links) {
        boolean isExpired(long now) {
            return expires - now <= 0;
        }

        /** {@return the one that is valid for longer, learned from wherever either was} */
        Found and(Found other) {
            Set<Integer> all = new HashSet<>(links);
            all.addAll(other.links);
            Found longer = expires - other.expires > 0 ? this : other;
            return new Found(longer.locator, longer.expires, Set.copyOf(all));
        }

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
