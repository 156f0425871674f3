package io.grasp.engine.discovery;

import io.grasp.config.Limits;
import io.grasp.engine.channel.PeerFailures;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.LocatorOrder;
import io.grasp.engine.node.Nanos;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The locators found by discovery, until they expire (RFC 8990 section 2.5.4.3). */
public final class DiscoveryCache implements PeerFailures {
    /** The index that stands for an unknown link: the locator may have been learned on any. */
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
        observer.size(objectives.size(), 0);
    }

    /** {@return the valid locators of an objective, with their remaining ttl} */
    public List<AsaLocator> get(String objective) {
        return valid(objective, found -> true);
    }

    /**
     * The locators to answer a peer on a link with (RFC 8990 section 2.5.4.3). They exclude locators learned on the
     * same link, where the other node answers for itself, and locators that are valid on one link only. A peer whose
     * link is not known may be on any link, so it gets none; the nodes to which its discovery is relayed will answer
     * it.
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

    /** Removes the locator for every objective. */
    @Override
    public void unreachable(AsaLocator peer) {
        Place place = Place.of(peer);
        objectives.values().forEach(places -> places.remove(place));
        removeEmpty();
    }

    /** Removes the locator for this objective. */
    @Override
    public void notListening(String objective, AsaLocator peer) {
        Map<Place, Found> places = objectives.get(objective);
        if (places != null) {
            places.remove(Place.of(peer));
            removeEmpty();
        }
    }

    /** Removes locators that were learned only on a link, and link-local locators on it. */
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
        observer.size(objectives.size(), 0);
    }

    /** Removes all locators of an objective. */
    void remove(String objective) {
        objectives.remove(objective);
        observer.size(objectives.size());
    }

    /** Removes the locators of an objective that expire within the given time. */
    void remove(String objective, Duration minimumTtl) {
        Map<Place, Found> places = objectives.get(objective);
        if (places != null) {
            long horizon = loop.nanoTime() + Nanos.of(minimumTtl);
            places.values().removeIf(found -> found.expires - horizon <= 0);
            if (places.isEmpty()) {
                objectives.remove(objective);
                observer.size(objectives.size(), 0);
            }
        }
    }

    /** The key of a locator: equal keys lead to the same place. A link-local address needs its link. */
    record Place(Locator locator, int linkIndex) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::locator, LocatorOrder.INSTANCE).thenComparingInt(Place::linkIndex);

        static Place of(AsaLocator found) {
            return new Place(found.locator(), found.locator().isLinkLocal() ? found.linkIndex() : 0);
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** @param links the indexes of the links on which it was learned */
    private record Found(AsaLocator locator, long expires, Set<Integer> links) {
        boolean isExpired(long now) {
            return expires - now <= 0;
        }

        /** {@return the entry that is valid for longer, with the links of both} */
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
                    Duration.ofNanos(expires - now),
                    expires);
        }
    }
}
