package io.grasp.engine.discovery;

import io.grasp.config.Limits;
import io.grasp.engine.channel.PeerFailures;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.LocatorOrder;
import io.grasp.engine.node.Nanos;
import io.grasp.engine.node.TextBytes;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.util.TimerHeap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The locators found by discovery, until they expire (RFC 8990 section 2.5.4.3).
 *
 * <p>What a locator is worth depends on how it was learned ({@link Learned}): one of lower worth never changes one of
 * higher worth, and comes after it. The cache has a budget in bytes for the locators that this node's ASAs have
 * discovered, and one for those of responses that it relays. In each, links and the neighbors that responded have
 * shares. Expired locators are removed first, before each access.
 */
public final class DiscoveryCache implements PeerFailures {
    /** How a locator was learned: the best first. */
    public enum Learned {
        /** In an answer to a discovery of this node's ASAs, as a locator of the responder. */
        ANSWERED,
        /** The same in a response that this node relayed. Any host on another link can have sent it unasked. */
        OVERHEARD,
        /** From a node that knew about it, in a divert. */
        DIVERTED
    }

    /**
     * A known locator.
     *
     * @param locator with its remaining ttl
     * @param learned how it was learned
     */
    public record Known(AsaLocator locator, Learned learned) {}

    /** The index that stands for an unknown link: the locator may have been learned on any. */
    private static final int UNKNOWN_LINK = 0;

    /**
     * The memory of a locator without its text, in bytes, when each one has an objective and a responder of its own:
     * {@code CacheMemoryTest} measures it.
     */
    private static final int LOCATOR_BYTES = 1024;

    private final Loop loop;
    private final int locatorsEach;
    private final CacheObserver observer;
    private final FairPlaces<Found> answered;
    private final FairPlaces<Found> relayed;
    private final Map<String, Map<Place, Found>> objectives = new LinkedHashMap<>();
    private final TimerHeap<Found> expiring = new TimerHeap<>();

    public DiscoveryCache(Loop loop, Limits limits, CacheObserver observer) {
        this.loop = loop;
        this.locatorsEach = limits.locators();
        this.observer = observer;
        this.answered = new FairPlaces<>(limits.discoveryBytes(), WhenOwnShareIsUsed.REPLACE_OLDEST, this::remove);
        this.relayed = new FairPlaces<>(limits.relayedLocatorBytes(), WhenOwnShareIsUsed.REPLACE_OLDEST, this::remove);
    }

    /** {@return the memory in bytes that is charged for a locator of an objective} */
    public static int bytes(String objective, Locator locator) {
        return LOCATOR_BYTES + TextBytes.of(objective, locator);
    }

    /**
     * Adds a locator in an answer to a discovery of this node's ASAs, or renews it. The ttl is counted from now; if the
     * locator is known and was learned in the same way, the longer ttl counts.
     *
     * @param source the neighbor that sent it
     */
    public void answered(String objective, AsaLocator locator, TrafficSource source) {
        put(objective, locator, locator.diverted() ? Learned.DIVERTED : Learned.ANSWERED, answered, source);
    }

    /** Adds a locator in a response that this node relays, or renews it, like {@link #answered}. */
    public void relayed(String objective, AsaLocator locator, TrafficSource source) {
        put(objective, locator, locator.diverted() ? Learned.DIVERTED : Learned.OVERHEARD, relayed, source);
    }

    private void put(
            String objective, AsaLocator locator, Learned learned, FairPlaces<Found> budget, TrafficSource source) {
        removeExpired();
        Place key = Place.of(locator);
        Map<Place, Found> places = objectives.getOrDefault(objective, Map.of());
        Found known = places.get(key);
        if (known == null) {
            if (places.size() < locatorsEach || makeRoom(places, learned, source)) {
                add(new Found(objective, key, locator, learned, source, Set.of(locator.linkIndex())), budget);
            }
        } else if (known.learned == learned) {
            renew(known, locator);
        } else if (learned.compareTo(known.learned) < 0) {
            remove(known);
            Set<Integer> links = known.linksAnd(locator.linkIndex());
            add(new Found(objective, key, locator, learned, source, links), budget);
        }
        report();
    }

    private void add(Found found, FairPlaces<Found> budget) {
        found.place = budget.take(found.source, found, bytes(found.objective, found.key.locator()));
        if (found.place != null) { // all budgets have room for a message
            objectives
                    .computeIfAbsent(found.objective, name -> new LinkedHashMap<>(2))
                    .put(found.key, found);
            expires(found, found.locator);
        }
    }

    private void renew(Found known, AsaLocator locator) {
        known.links = known.linksAnd(locator.linkIndex());
        if (known.place != null) {
            known.place.renew();
        }
        if (loop.nanoTime() + Nanos.of(locator.ttl()) - known.expires >= 0) {
            expires(known, locator);
        }
    }

    private void expires(Found found, AsaLocator locator) {
        found.locator = locator;
        found.expires = loop.nanoTime() + Nanos.of(locator.ttl());
        expiring.arm(found, found.expires);
    }

    /**
     * Removes one of the locators of an objective that has its full number. Of those with the lowest worth, it is the
     * oldest of the source with the most, on the link with the most, as in {@link FairPlaces}.
     *
     * @return whether there is one whose worth is not higher than the new one's
     */
    private boolean makeRoom(Map<Place, Found> places, Learned learned, TrafficSource source) {
        Learned lowest = places.values().stream()
                .map(found -> found.learned)
                .max(Comparator.naturalOrder())
                .orElse(learned);
        if (lowest.compareTo(learned) < 0) {
            return false;
        }
        Counts counts = new Counts(source, lowest == learned);
        places.values().stream().filter(found -> found.learned == lowest).forEach(counts::add);
        Found victim = null;
        for (Found found : places.values()) {
            if (found.learned == lowest && (victim == null || counts.compare(found.source, victim.source) > 0)) {
                victim = found;
            }
        }
        if (victim != null) {
            remove(victim);
        }
        return true;
    }

    /** The numbers of an objective's locators by link and by source, to find those with the most. */
    private static final class Counts {
        private final TrafficSource newcomer;
        private final Map<Integer, Integer> ofLinks = new HashMap<>();
        private final Map<TrafficSource, Integer> ofSources = new HashMap<>();

        /** @param counted whether the newcomer competes with those that are added */
        Counts(TrafficSource newcomer, boolean counted) {
            this.newcomer = newcomer;
            if (counted) {
                count(newcomer);
            }
        }

        void add(Found found) {
            count(found.source);
        }

        private void count(TrafficSource source) {
            ofLinks.merge(source.link(), 1, Integer::sum);
            ofSources.merge(source, 1, Integer::sum);
        }

        /** Compares by the numbers of the links, then of the sources; the newcomer's own ones come after equal ones. */
        int compare(TrafficSource one, TrafficSource other) {
            if (one.equals(other)) {
                return 0;
            }
            if (one.link() != other.link()) {
                int byLink = Integer.compare(of(ofLinks, one.link()), of(ofLinks, other.link()));
                return byLink != 0 ? byLink : Boolean.compare(isOwnLink(one), isOwnLink(other));
            }
            int bySource = Integer.compare(of(ofSources, one), of(ofSources, other));
            return bySource != 0 ? bySource : Boolean.compare(one.equals(newcomer), other.equals(newcomer));
        }

        private boolean isOwnLink(TrafficSource source) {
            return source.link() == newcomer.link();
        }

        private static <K> int of(Map<K, Integer> counts, K key) {
            return counts.getOrDefault(key, 0);
        }
    }

    /** {@return the valid locators of an objective with their remaining ttl, the most trustworthy first} */
    public List<Known> get(String objective) {
        return valid(objective, found -> true);
    }

    /**
     * The locators to answer a peer on a link with (RFC 8990 section 2.5.4.3), the most trustworthy first. They exclude
     * locators learned on the same link, where the other node answers for itself, and locators that are valid on one
     * link only. A peer whose link is not known may be on any link, so it gets none; the nodes to which its discovery
     * is relayed will answer it.
     */
    List<Known> elsewhere(String objective, @Nullable Link asking) {
        return valid(
                objective,
                found -> asking != null
                        && !found.links.contains(asking.index())
                        && !found.links.contains(UNKNOWN_LINK)
                        && !found.key.locator().isLinkLocal());
    }

    private List<Known> valid(String objective, Predicate<Found> which) {
        removeExpired();
        long now = loop.nanoTime();
        List<Known> valid = new ArrayList<>();
        for (Found found : objectives.getOrDefault(objective, Map.of()).values()) {
            if (which.test(found)) {
                valid.add(new Known(found.at(now), found.learned));
            }
        }
        valid.sort(Comparator.comparing(Known::learned));
        observer.read(!valid.isEmpty());
        return valid;
    }

    private void removeExpired() {
        long now = loop.nanoTime();
        Found expired = expiring.pollDue(now);
        while (expired != null) {
            remove(expired);
            expired = expiring.pollDue(now);
        }
    }

    /** Removes the locator for every objective. */
    @Override
    public void unreachable(AsaLocator peer) {
        Place key = Place.of(peer);
        removeIf(found -> found.key.equals(key));
    }

    /** Removes the locator for this objective. */
    @Override
    public void notListening(String objective, AsaLocator peer) {
        Found found = objectives.getOrDefault(objective, Map.of()).get(Place.of(peer));
        if (found != null) {
            remove(found);
            report();
        }
    }

    /** Removes locators that were learned only on a link, and link-local locators on it. */
    public void linkDown(Link gone) {
        removeIf(found -> found.key.linkIndex() == gone.index() || found.links.equals(Set.of(gone.index())));
    }

    /** Removes all locators of an objective. */
    void remove(String objective) {
        removeIf(objective, found -> true);
    }

    /** Removes the locators of an objective that expire within the given time. */
    void remove(String objective, Duration minimumTtl) {
        long horizon = loop.nanoTime() + Nanos.of(minimumTtl);
        removeIf(objective, found -> found.expires - horizon <= 0);
    }

    private void removeIf(String objective, Predicate<Found> which) {
        List.copyOf(objectives.getOrDefault(objective, Map.of()).values()).stream()
                .filter(which)
                .forEach(this::remove);
        report();
    }

    private void removeIf(Predicate<Found> which) {
        objectives.values().stream()
                .flatMap(places -> places.values().stream())
                .filter(which)
                .toList()
                .forEach(this::remove);
        report();
    }

    private void remove(Found found) {
        expiring.cancel(found);
        if (found.place != null) {
            found.place.leave();
        }
        objectives.computeIfPresent(found.objective, (name, places) -> {
            places.remove(found.key);
            return places.isEmpty() ? null : places;
        });
    }

    private void report() {
        observer.size(objectives.size(), answered.used() + relayed.used());
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

    /** A locator of an objective; as a timer, it is due when it expires. */
    private static final class Found extends TimerHeap.Timer {
        private final String objective;
        private final Place key;
        private final Learned learned;
        private final TrafficSource source;
        private AsaLocator locator;
        private long expires;
        /** The indexes of the links on which it was learned. */
        private Set<Integer> links;

        private FairPlaces.@Nullable Place<Found> place;

        Found(
                String objective,
                Place key,
                AsaLocator locator,
                Learned learned,
                TrafficSource source,
                Set<Integer> links) {
            this.objective = objective;
            this.key = key;
            this.locator = locator;
            this.learned = learned;
            this.source = source;
            this.links = links;
        }

        Set<Integer> linksAnd(int link) {
            if (links.contains(link)) {
                return links;
            }
            Set<Integer> all = new HashSet<>(links);
            all.add(link);
            return Set.copyOf(all);
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
