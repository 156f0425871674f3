package io.grasp.api;

import io.grasp.engine.EngineAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Finds a peer for an operation whose caller names none: first among those that are known, then by asking. Peers are tried
 * one after the other, and only until one has been reached: what happens then may have been acted upon.
 */
final class PeerSearch<T> {
    private final Loop loop;
    private final Scheduler scheduler;
    private final EngineAsa asa;
    private final PeerChoice choice;
    private final Objective objective;
    private final GraspErrorCode none;
    private final Function<AsaLocator, Mono<T>> operation;
    private final List<AsaLocator> tried = new ArrayList<>();
    private final List<GraspException> failures = new ArrayList<>();

    /**
     * @param none how it fails if there is no peer
     * @param operation what to do with a peer
     */
    PeerSearch(
            Loop loop,
            Scheduler scheduler,
            EngineAsa asa,
            PeerChoice choice,
            Objective objective,
            GraspErrorCode none,
            Function<AsaLocator, Mono<T>> operation) {
        this.loop = loop;
        this.scheduler = scheduler;
        this.asa = asa;
        this.choice = choice;
        this.objective = objective;
        this.none = none;
        this.operation = operation;
    }

    /** {@return the operation's result} To be subscribed to once. */
    Mono<T> run() {
        Duration timeout = asa.discoveryTimeout(objective);
        return known().flatMap(this::tryEach)
                .switchIfEmpty(Mono.defer(() -> asked(timeout)).flatMap(this::tryEach))
                .switchIfEmpty(Mono.error(() -> nobody(timeout)));
    }

    private Mono<List<AsaLocator>> known() {
        return discover(Duration.ZERO).collectList();
    }

    /** Those whose answers come soon after the first one's: an operation does not wait for all that may still come. */
    private Mono<List<AsaLocator>> asked(Duration timeout) {
        return discover(timeout)
                .publish(found -> found.takeUntilOther(found.next().delayElement(asa.peerGathering(), scheduler)))
                .collectList();
    }

    private Flux<AsaLocator> discover(Duration timeout) {
        return LoopFlux.bounded(loop, emitter -> asa.discover(objective, timeout, null, Tell.discovery(emitter)));
    }

    /** Completes empty if none was reached. */
    private Mono<T> tryEach(List<AsaLocator> found) {
        if (found.isEmpty()) {
            return Mono.empty();
        }
        return Flux.fromIterable(chosen(found))
                .filter(peer -> tried.stream().noneMatch(before -> isSame(before, peer)))
                .concatMap(this::tryOne, 1)
                .next();
    }

    private List<AsaLocator> chosen(List<AsaLocator> found) {
        try {
            return List.copyOf(choice.choose(found));
        } catch (RuntimeException e) {
            throw GraspException.local(GraspErrorCode.UNSPECIFIED, "the choice among the peers failed: " + e)
                    .about(objective.name())
                    .causedBy(e);
        }
    }

    private static boolean isSame(AsaLocator one, AsaLocator other) {
        return one.locator().equals(other.locator()) && one.linkIndex() == other.linkIndex();
    }

    private Mono<T> tryOne(AsaLocator peer) {
        if (tried.size() == asa.peersTried()) {
            return Mono.empty();
        }
        tried.add(peer);
        return operation.apply(peer).onErrorResume(GraspException.class, failure -> {
            if (!failure.isUnreached()) {
                return Mono.error(failure);
            }
            failures.add(failure);
            return Mono.empty();
        });
    }

    private GraspException nobody(Duration timeout) {
        if (failures.isEmpty()) {
            return GraspException.local(none, "no answer to discovery within " + timeout.toMillis() + " ms")
                    .about(objective.name());
        }
        GraspException last = failures.get(failures.size() - 1);
        String peers = tried.stream().map(peer -> peer.locator().toString()).collect(Collectors.joining(", "));
        GraspException all = GraspException.transport(
                        last.code(), "none of the peers found can be reached, tried " + peers, last)
                .about(objective.name())
                .unreached();
        failures.subList(0, failures.size() - 1).forEach(all::addSuppressed);
        return all;
    }
}
