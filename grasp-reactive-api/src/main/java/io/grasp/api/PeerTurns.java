package io.grasp.api;

import io.grasp.engine.discovery.DiscoveryCache.Place;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.AsaLocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The turns of links, and on each link of the responders, in which discovered peers are tried: a responder whose
 * locators lead nowhere does not use up the attempts of others.
 *
 * <p>A locator that several responders have named has the turn of the one that has named the fewest: a copy among many
 * others does not delay it. Locators that no responder has named, which are those of this node's ASAs and what a
 * selector adds, are those of one more link.
 */
final class PeerTurns {
    /** The maximum number of responders of one link that are remembered for a locator. */
    private static final int MOST_OF_LINK = 4;

    private final Map<Place, Set<TrafficSource>> named = new HashMap<>();
    private final Map<TrafficSource, Integer> locators = new HashMap<>();
    private final Counts tried = new Counts(Map.of(), Map.of());

    /** A responder has named a locator. */
    void named(AsaLocator peer, TrafficSource responder) {
        Set<TrafficSource> responders = named.computeIfAbsent(Place.of(peer), place -> new LinkedHashSet<>(2));
        long ofLink = responders.stream()
                .filter(each -> each.link() == responder.link())
                .count();
        if (ofLink < MOST_OF_LINK && responders.add(responder)) {
            locators.merge(responder, 1, Integer::sum);
        }
    }

    /** A peer is being tried. */
    void tried(AsaLocator peer) {
        tried.add(responder(peer));
    }

    /**
     * The next peers to try: those of the link with the fewest attempts first, then those of the responder with the
     * fewest, then in the given order.
     *
     * @param most how many are needed
     */
    List<AsaLocator> next(List<AsaLocator> peers, int most) {
        List<Turn> waiting = new ArrayList<>(peers.size());
        peers.forEach(peer -> waiting.add(new Turn(peer, responder(peer))));
        Counts counts = new Counts(tried.ofLinks, tried.ofResponders);
        List<AsaLocator> next = new ArrayList<>();
        while (next.size() < most && !waiting.isEmpty()) {
            int first = 0;
            for (int i = 1; i < waiting.size(); i++) {
                if (counts.compare(waiting.get(i).responder, waiting.get(first).responder) < 0) {
                    first = i;
                }
            }
            Turn turn = waiting.remove(first);
            counts.add(turn.responder);
            next.add(turn.peer);
        }
        return next;
    }

    private TrafficSource responder(AsaLocator peer) {
        TrafficSource fewest = null;
        for (TrafficSource each : named.getOrDefault(Place.of(peer), Set.of())) {
            if (fewest == null || locators.getOrDefault(each, 0) < locators.getOrDefault(fewest, 0)) {
                fewest = each;
            }
        }
        return fewest == null ? TrafficSource.ofThisNode() : fewest;
    }

    private record Turn(AsaLocator peer, TrafficSource responder) {}

    /** The numbers of attempts. */
    private static final class Counts {
        private final Map<Integer, Integer> ofLinks;
        private final Map<TrafficSource, Integer> ofResponders;

        Counts(Map<Integer, Integer> ofLinks, Map<TrafficSource, Integer> ofResponders) {
            this.ofLinks = new HashMap<>(ofLinks);
            this.ofResponders = new HashMap<>(ofResponders);
        }

        void add(TrafficSource responder) {
            ofLinks.merge(responder.link(), 1, Integer::sum);
            ofResponders.merge(responder, 1, Integer::sum);
        }

        int compare(TrafficSource one, TrafficSource other) {
            int byLink = Integer.compare(ofLinks.getOrDefault(one.link(), 0), ofLinks.getOrDefault(other.link(), 0));
            return byLink != 0
                    ? byLink
                    : Integer.compare(ofResponders.getOrDefault(one, 0), ofResponders.getOrDefault(other, 0));
        }
    }
}
