package io.grasp.samples.control;

import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Inspection;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.PageRequest;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.Synchronization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What clients have a node do for them. Each operation has an ASA of its own, named {@code control-} and a number,
 * which is deregistered when the operation ends or its client has gone.
 */
final class NodeOperations {
    private static final long LONGEST_MILLIS = NetworkOptions.LONGEST_REQUEST_MILLIS;
    private static final long MOST_TTL_MILLIS = 0xFFFF_FFFFL;
    private static final long USUAL_TTL_MILLIS = 60_000;
    private static final long USUAL_DISCOVERY_MILLIS = 1000;
    private static final long USUAL_SYNCHRONIZATION_MILLIS = 5000;
    private static final String OBJECTIVE = "objective";

    private long asas;

    NodeOperations() {}

    private <T> Flux<T> with(Grasp grasp, Function<Asa, Publisher<T>> operation) {
        String name = "control-" + ++asas;
        return Flux.usingWhen(grasp.registerAsa(name), operation, Asa::deregister);
    }

    Flux<AsaLocator> discover(Grasp grasp, RequestBody request) {
        Objective objective = request.objective(Objective.discoverable(request.name(OBJECTIVE)));
        Duration timeout = request.millis("timeoutMillis", 1, LONGEST_MILLIS, USUAL_DISCOVERY_MILLIS);
        return with(grasp, asa -> asa.discover(objective, timeout));
    }

    Mono<Objective> synchronize(Grasp grasp, RequestBody request) {
        Objective objective = request.objective(Objective.synchronizable(request.name(OBJECTIVE)));
        Duration timeout = request.millis("timeoutMillis", 1, LONGEST_MILLIS, USUAL_SYNCHRONIZATION_MILLIS);
        return with(grasp, asa -> Synchronization.of(grasp, asa, objective, timeout))
                .next();
    }

    Flux<FloodedObjective> getFlood(Grasp grasp, RequestBody request) {
        String name = request.name(OBJECTIVE);
        Duration wait = request.millis("waitMillis", 0, LONGEST_MILLIS, 0);
        return with(
                grasp,
                asa -> wait.isZero() ? asa.getFlood(name) : asa.floods(name).take(wait, grasp.scheduler()));
    }

    /** {@return the number of objectives that were flooded} */
    Mono<Integer> flood(Grasp grasp, RequestBody request) {
        Objective objective = request.objective(Objective.synchronizable(request.name(OBJECTIVE)));
        Objective valued = objective.withValue(request.value());
        Duration ttl = request.millis("ttlMillis", 0, MOST_TTL_MILLIS, USUAL_TTL_MILLIS);
        FloodOptions options = ttl.isZero() ? FloodOptions.indefinite() : FloodOptions.validFor(ttl);
        List<Locator> locators = request.locators("locators");
        List<TaggedObjective> tagged = locators.isEmpty()
                ? List.of(TaggedObjective.untagged(valued))
                : locators.stream()
                        .map(locator -> new TaggedObjective(valued, locator))
                        .toList();
        return grasp.links()
                .flatMap(links -> links.isEmpty()
                        ? Mono.error(
                                new IllegalStateException(objective.name() + " was not flooded: no link can send it"))
                        : with(grasp, asa -> asa.register(objective).then(asa.flood(tagged, options)))
                                .then(Mono.just(tagged.size())));
    }

    /** {@return the number of copies that were removed} */
    static Mono<Integer> expireFlood(Grasp grasp, RequestBody request) {
        String name = request.text(OBJECTIVE);
        Optional<Optional<String>> tag =
                request.has("locator") ? Optional.of(request.nullableText("locator")) : Optional.empty();
        long link = request.number("linkIndex", 0, Integer.MAX_VALUE, -1);
        return Inspection.all(
                        PageRequest.FIRST.withSize(PageRequest.LARGEST_SIZE).withValueBytes(0),
                        grasp.inspection()::floods)
                .filter(flood -> flood.objective().equals(name)
                        && tag.map(wanted -> wanted.equals(flood.locator().map(JsonWriter::text)))
                                .orElse(true)
                        && (link < 0 || flood.linkIndex() == link))
                .map(Flooded::of)
                .distinct()
                .concatMap(flood -> grasp.maintenance().expireFlood(flood.tagged(), flood.linkIndex()))
                .reduce(0, Integer::sum);
    }

    /** What identifies an objective in the flood cache, whatever its origin. */
    private record Flooded(TaggedObjective tagged, int linkIndex) {
        static Flooded of(FloodEntry flood) {
            return new Flooded(
                    new TaggedObjective(
                            Objective.synchronizable(flood.objective()),
                            flood.locator().orElse(null)),
                    flood.linkIndex());
        }
    }
}
