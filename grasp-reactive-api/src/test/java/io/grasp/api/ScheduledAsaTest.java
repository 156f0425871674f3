package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** An ASA whose signals come on a scheduler that is slow: its tasks run when the test says so. */
class ScheduledAsaTest extends OneNode {
    private static final Duration TTL = Duration.ofMinutes(1);

    private Disposable listening = Disposables.disposed();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Scheduler scheduler = Schedulers.fromExecutor(tasks::add);

    /** Runs all tasks, and what they cause. */
    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
            moment();
        }
    }

    @Test
    void aSlowAsaDoesNotLetFloodsPileUpAndGetsTheLatest() {
        List<Integer> received = new ArrayList<>();
        Disposable watching = asa.on(scheduler)
                .floods("EX2")
                .subscribe(flooded -> received.add(flooded.objective().value().as(Integer.class)));
        moment();
        int mostWaiting = 0;
        for (int i = 1; i <= 100; i++) {
            world.await(asa.flood(EX2.withValue(i), TTL));
            mostWaiting = Math.max(mostWaiting, tasks.size());
        }
        assertThat(mostWaiting).isEqualTo(16);
        assertThat(received).isEmpty();

        runTasks();

        assertThat(received).hasSize(17).startsWith(1, 2).endsWith(100);
        watching.dispose();
        moment();
    }

    @Test
    void aCancelIsHeededBeforeASignalThatWaits() {
        List<Object> received = new ArrayList<>();
        Disposable watching = asa.on(scheduler).floods("EX2").subscribe(received::add);
        moment();
        world.await(asa.flood(EX2.withValue(1), TTL));

        watching.dispose();
        runTasks();

        assertThat(received).isEmpty();
    }

    @Test
    void theDemandOfTheAsaIsKept() {
        List<Integer> received = new ArrayList<>();
        Flux<Integer> values = asa.on(scheduler)
                .floods("EX2")
                .map(flooded -> flooded.objective().value().as(Integer.class));
        Disposable watching = values.limitRate(1)
                .concatMap(value -> {
                    received.add(value);
                    return value == 1 ? Flux.never() : Flux.empty();
                })
                .subscribe();
        moment();
        for (int i = 1; i <= 5; i++) {
            world.await(asa.flood(EX2.withValue(i), TTL));
            runTasks();
        }

        assertThat(received).containsExactly(1);
        watching.dispose();
        moment();
    }

    /** A negotiation whose second offer has come, is not an integer, and has not been read. */
    private Disposable negotiationWithUnreadOffer(Mono<TypedMove<Integer>> lastMove, List<Throwable> failures) {
        Objective objective = Objective.negotiable("EX4");
        Asa other = asa("other");
        for (Asa each : List.of(asa, other)) {
            world.await(each.register(objective, RegistrationOptions.DEFAULTS.withOverlap(true)));
        }
        AtomicBoolean sent = new AtomicBoolean();
        listening = asa.listenNegotiate(
                        objective,
                        negotiation -> negotiation.converse(offers -> offers.index((turn, offer) -> {
                            sent.set(turn == 1);
                            return turn == 0 ? Move.propose(4) : Move.propose("nonsense");
                        })))
                .subscribe();
        moment();
        Disposable negotiating = other.on(scheduler)
                .typed(TypedObjective.negotiable("EX4", Integer.class))
                .negotiate(8, offers -> Flux.concat(Flux.just(TypedMove.propose(7)), lastMove))
                .subscribe(outcome -> {}, failures::add);
        moment();
        while (!sent.get()) {
            tasks.remove().run();
            moment();
        }
        return negotiating;
    }

    @Test
    void anOfferThatDoesNotFitIsAFailureThoughTheMovesHaveEndedBeforeItIsRead() {
        Sinks.Empty<TypedMove<Integer>> lastMove = Sinks.empty();
        List<Throwable> failures = new ArrayList<>();
        negotiationWithUnreadOffer(lastMove.asMono(), failures);

        lastMove.tryEmitEmpty();
        moment();
        assertThat(failures).isEmpty();
        runTasks();

        assertThat(failures)
                .singleElement()
                .satisfies(
                        failure -> assertThat(((GraspException) failure).code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
        listening.dispose();
        moment();
    }

    @Test
    void anOfferIsDroppedIfTheNegotiationIsCancelledBeforeItIsRead() {
        List<Throwable> failures = new ArrayList<>();
        Disposable negotiating = negotiationWithUnreadOffer(Mono.never(), failures);

        negotiating.dispose();
        moment();
        runTasks();

        assertThat(failures).isEmpty();
        listening.dispose();
        moment();
    }

    @Test
    void aFunctionThatMustAnswerOnTheLoopIsRefused() {
        List<Throwable> failures = new ArrayList<>();
        asa.on(scheduler).listenSynchronize(EX2, request -> 1).subscribe(value -> {}, failures::add);
        asa.on(scheduler)
                .flood(
                        List.of(io.grasp.model.TaggedObjective.untagged(EX2.withValue(1))),
                        FloodOptions.validFor(TTL).withExtension(message -> io.grasp.model.ObjectiveValue.of(1)))
                .subscribe(value -> {}, failures::add);
        moment();
        runTasks();

        assertThat(failures)
                .hasSize(2)
                .allSatisfy(
                        failure -> assertThat(((GraspException) failure).code()).isEqualTo(GraspErrorCode.UNSPECIFIED));
    }
}
