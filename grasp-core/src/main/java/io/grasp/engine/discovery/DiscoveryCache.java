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
import io.grasp.util.LazyMap;
import io.grasp.util.TimerHeap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The locators found by discovery, until they expire (RFC 8990 section 2.5.4.3).
 *
 * <p>What a locator is worth depends on how it was learned ({@link Learned}): one of lower worth never changes one of
 * higher worth, and comes after it. The cache has a budget in bytes for the locators that this node's ASAs have
 * discovered, and one for those of responses that it relays. In each, links and the neighbors that responded have
 * shares. Each neighbor that names a locator is charged for it, and it stays while one of them has room for it: a
 * neighbor cannot remove a locator by naming it. Expired locators are removed first, before each access.
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

    /** The maximum number of sources that are charged for one locator. */
    private static final int MOST_CLAIMS = 4;

    private final Loop loop;
    private final int locatorsEach;
    private final CacheObserver observer;
    private final FairPlaces<Claim> answered;
    private final FairPlaces<Claim> relayed;
    private final Map<String, Map<Place, Found>> objectives = new LazyMap<>();
    private final TimerHeap<Found> expiring = new TimerHeap<>();

    public DiscoveryCache(Loop loop, Limits limits, CacheObserver observer) {
        this.loop = loop;
        this.locatorsEach = limits.locators();
        this.observer = observer;
        this.answered = new FairPlaces<>(limits.discoveryBytes(), WhenOwnShareIsUsed.REPLACE_OLDEST, this::drop);
        this.relayed = new FairPlaces<>(limits.relayedLocatorBytes(), WhenOwnShareIsUsed.REPLACE_OLDEST, this::drop);
    }

    /** {@return the memory in bytes that is charged to each neighbor that named a locator of an objective} */
    public static int bytes(String objective, Locator locator) {
        return LOCATOR_BYTES + TextBytes.of(objective, locator);
    }

    /**
     * Adds a locator in an answer to a discovery of this node's ASAs, or renews it. The ttl is counted from now; if the
     * locator is known and was learned in the same way, the longer ttl counts, and its source is charged as well.
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
            String objective, AsaLocator locator, Learned learned, FairPlaces<Claim> budget, TrafficSource source) {
        removeExpired();
        Place key = Place.of(locator);
        Map<Place, Found> places = objectives.getOrDefault(objective, Map.of());
        Found known = places.get(key);
        if (known == null) {
            if (places.size() < locatorsEach || makeRoom(places, learned, source)) {
                add(new Found(objective, key, locator, learned, Set.of(locator.linkIndex())), source, budget);
            }
        } else if (known.learned == learned) {
            renew(known, locator, source, budget);
        } else if (learned.compareTo(known.learned) < 0) {
            remove(known);
            Set<Integer> links = known.linksAnd(locator.linkIndex());
            add(new Found(objective, key, locator, learned, links), source, budget);
        }
        report();
    }

    private void add(Found found, TrafficSource source, FairPlaces<Claim> budget) {
        if (claim(found, source, budget)) { // all budgets have room for a message
            objectives
                    .computeIfAbsent(found.objective, name -> new LinkedHashMap<>(2))
                    .put(found.key, found);
            expires(found, found.locator);
        }
    }

    /** Charges a source for a locator that it named. */
    private boolean claim(Found found, TrafficSource source, FairPlaces<Claim> budget) {
        Claim claim = new Claim(found, source);
        found.claims.add(claim); // before others may be displaced, so that the locator stays
        claim.place = budget.take(source, claim, bytes(found.objective, found.key.locator()));
        if (claim.place == null) {
            found.claims.remove(claim);
        }
        return claim.place != null;
    }

    private void renew(Found known, AsaLocator locator, TrafficSource source, FairPlaces<Claim> budget) {
        known.links = known.linksAnd(locator.linkIndex());
        Claim earlier = known.claimOf(source);
        if (earlier != null && earlier.place != null) {
            earlier.place.renew();
        } else if (known.claims.size() < MOST_CLAIMS || makeRoomAmongClaims(known, source, budget)) {
            claim(known, source, budget);
        }
        if (loop.nanoTime() + Nanos.of(locator.ttl()) - known.expires >= 0) {
            expires(known, locator);
        }
    }

    /**
     * Drops one of the claims to a locator that has the maximum number: of the link with the most, the one whose source
     * is charged the most.
     *
     * @return whether the newcomer's link has fewer claims than that, or its source is charged less
     */
    private boolean makeRoomAmongClaims(Found found, TrafficSource newcomer, FairPlaces<Claim> budget) {
        Claim victim = null;
        for (Claim each : found.claims) {
            int byLink = victim == null ? 1 : found.claimsOn(each.source) - found.claimsOn(victim.source);
            if (byLink > 0 || byLink == 0 && victim != null && budget.used(each.source) > budget.used(victim.source)) {
                victim = each;
            }
        }
        if (victim == null) {
            return true;
        }
        long size = bytes(found.objective, found.key.locator());
        boolean less = victim.source.link() == newcomer.link()
                ? budget.used(newcomer) + size < budget.used(victim.source)
                : found.claimsOn(newcomer) + 1 < found.claimsOn(victim.source);
        if (less) {
            drop(victim);
        }
        return less;
    }

    private void expires(Found found, AsaLocator locator) {
        found.locator = locator;
        found.expires = loop.nanoTime() + Nanos.of(locator.ttl());
        expiring.arm(found, found.expires);
    }

    /**
     * Removes one of the locators of an objective that has its full number. Of those with the lowest worth, the source
     * with the most, on the link with the most, loses its oldest, as in {@link FairPlaces}, until one was of no other
     * source.
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
        int full = places.size();
        while (places.size() == full) {
            Claim victim = null;
            for (Found found : places.values()) {
                for (Claim claim : found.learned == lowest ? found.claims : List.<Claim>of()) {
                    if (victim == null || counts.compare(claim.source, victim.source) > 0) {
                        victim = claim;
                    }
                }
            }
            Claim dropped = Objects.requireNonNull(victim, "a locator without a source");
            drop(dropped);
            counts.dropped(dropped);
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
                ofLinks.put(newcomer.link(), 1);
                ofSources.put(newcomer, 1);
            }
        }

        /** Counts a locator once for each link, and for each of its sources. */
        void add(Found found) {
            for (int i = 0; i < found.claims.size(); i++) {
                TrafficSource source = found.claims.get(i).source;
                ofSources.merge(source, 1, Integer::sum);
                boolean first = found.claims.subList(0, i).stream()
                        .noneMatch(earlier -> earlier.source.link() == source.link());
                ofLinks.merge(source.link(), first ? 1 : 0, Integer::sum);
            }
        }

        void dropped(Claim claim) {
            ofSources.merge(claim.source, -1, Integer::sum);
            ofLinks.merge(claim.source.link(), claim.found.claimsOn(claim.source) == 0 ? -1 : 0, Integer::sum);
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

    /** Reports the sources that have named a locator of an objective. */
    void sources(String objective, AsaLocator locator, Consumer<TrafficSource> sources) {
        Found found = objectives.getOrDefault(objective, Map.of()).get(Place.of(locator));
        if (found != null) {
            found.claims.forEach(claim -> sources.accept(claim.source));
        }
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

    /** A source gives up a locator that it named: the locator is removed if no other source has named it. */
    private void drop(Claim claim) {
        claim.leave();
        claim.found.claims.remove(claim);
        if (claim.found.claims.isEmpty()) {
            remove(claim.found);
        }
    }

    private void remove(Found found) {
        expiring.cancel(found);
        found.claims.forEach(Claim::leave);
        objectives.computeIfPresent(found.objective, (name, places) -> {
            places.remove(found.key);
            return places.isEmpty() ? null : places;
        });
    }

    private void report() {
        observer.size(objectives.size(), answered.used() + relayed.used());
    }

    /** The key of a locator: equal keys lead to the same place. A link-local address needs its link. */
    public record Place(Locator locator, int linkIndex) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::locator, LocatorOrder.INSTANCE).thenComparingInt(Place::linkIndex);

        /** {@return the key of a discovered locator} */
        public static Place of(AsaLocator found) {
            return new Place(found.locator(), found.locator().isLinkLocal() ? found.linkIndex() : 0);
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** A source has named a locator, and is charged for it. */
    private static final class Claim {
        private final Found found;
        private final TrafficSource source;
        private FairPlaces.@Nullable Place<Claim> place;

        Claim(Found found, TrafficSource source) {
            this.found = found;
            this.source = source;
        }

        void leave() {
            if (place != null) {
                place.leave();
            }
        }
    }

    /** A locator of an objective; as a timer, it is due when it expires. */
    private static final class Found extends TimerHeap.Timer {
        private final String objective;
        private final Place key;
        private final Learned learned;
        private final List<Claim> claims = new ArrayList<>(1);
        private AsaLocator locator;
        private long expires;
        /** The indexes of the links on which it was learned. */
        private Set<Integer> links;

        Found(String objective, Place key, AsaLocator locator, Learned learned, Set<Integer> links) {
            this.objective = objective;
            this.key = key;
            this.locator = locator;
            this.learned = learned;
            this.links = links;
        }

        @Nullable
        Claim claimOf(TrafficSource source) {
            for (Claim each : claims) {
                if (each.source.equals(source)) {
                    return each;
                }
            }
            return null;
        }

        /** {@return the number of claims by sources of the same link} */
        int claimsOn(TrafficSource source) {
            int count = 0;
            for (Claim each : claims) {
                count += each.source.link() == source.link() ? 1 : 0;
            }
            return count;
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
