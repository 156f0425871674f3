package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.simulation.chaos.ChaosRandom;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Discoveries of all kinds: with or without the cache, with long or short timeouts. */
final class RandomDiscoveries {
    private static final List<String> NAMES = Stream.of(AsaProfile.NEGOTIATED, AsaProfile.SERVED, AsaProfile.SHOWN)
            .flatMap(List::stream)
            .toList();
    private static final Duration ENDLESS = Duration.ofHours(2);
    private static final int HOP_MILLIS = 100;

    private final RunState world;
    private final List<NodeAsas> hosts;
    private final ChaosRandom draw;

    RandomDiscoveries(RunState world, List<NodeAsas> hosts, ChaosRandom draw) {
        this.world = world;
        this.hosts = List.copyOf(hosts);
        this.draw = draw;
    }

    void begin(NodeAsas host, Grasp grasp, Asa asa) {
        int loopCount = Math.min(draw.between(1, world.topology.diameter() + 2), Objective.MAX_LOOP_COUNT);
        Objective objective = Objective.discoverable(draw.any(NAMES)).withLoopCount(loopCount);
        Duration enough = Duration.ofMillis((long) HOP_MILLIS * (loopCount + 1));
        Flux<AsaLocator> found = switch (draw.between(0, 5)) {
            case 0 -> asa.discover(objective, DiscoverOptions.knownOnly());
            case 1 -> asa.discover(objective, enough);
            case 2 ->
                asa.discover(objective, ENDLESS).takeUntilOther(Mono.delay(draw.millis(0, 3000), grasp.scheduler()));
            default -> afresh(host, asa, objective, enough);
        };
        world.begin(
                host.node(),
                "discover " + objective.name(),
                found.doOnNext(locator -> check(host, objective, locator)));
    }

    /** Ignores the cache, so that distances determine the result. */
    private Flux<AsaLocator> afresh(NodeAsas host, Asa asa, Objective objective, Duration timeout) {
        int[] distances = world.topology.distances(host.number());
        return asa.discover(objective, DiscoverOptions.within(timeout).withoutCached())
                .doOnNext(found -> {
                    NodeAsas place = at(found);
                    // Only a divert can lead farther: a relay may know more than the discovery itself would find.
                    boolean farther = place != null && distances[place.number()] > objective.loopCount();
                    if (world.areMessagesTrue() && farther && !found.diverted()) {
                        complain(host, objective, "found " + place + ", which is beyond that");
                    }
                })
                .collectList()
                .doOnNext(found -> {
                    boolean near = hosts.stream()
                            .anyMatch(other -> other.profile().shows().contains(objective.name())
                                    && distances[other.number()] <= objective.loopCount());
                    if (world.areDiscoveriesExact() && near && found.isEmpty()) {
                        complain(host, objective, "found no ASA, although one is in reach");
                    }
                })
                .flatMapIterable(found -> found);
    }

    private void complain(NodeAsas host, Objective objective, String what) {
        world.run.violated(
                AsaRules.DISCOVERY_REACH,
                host + " searched for " + objective.name() + " with loop count " + objective.loopCount() + " and "
                        + what);
    }

    private void check(NodeAsas host, Objective objective, AsaLocator found) {
        NodeAsas place = at(found);
        if (world.areMessagesTrue() && (place == null || !place.profile().has(objective.name()))) {
            world.run.violated(
                    AsaRules.DISCOVERY_TRUE,
                    host + " found " + objective.name() + " at " + found.locator() + ", where no ASA ever offered it");
        }
    }

    private @Nullable NodeAsas at(AsaLocator found) {
        return hosts.stream()
                .filter(host -> host.isAt(found.locator()))
                .findFirst()
                .orElse(null);
    }
}
