package io.grasp.samples.scenario;

import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.samples.scenario.Requests.Role;
import io.grasp.simulation.workload.Workload;
import io.grasp.simulation.workload.WorkloadContext;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Some nodes negotiate about a number with others, which they discover: each side offers a step nearer to the other
 * one. A negotiation succeeds if both agree.
 */
final class NegotiateWorkload implements Workload {
    NegotiateWorkload() {}

    /**
     * The settings.
     *
     * @param responders the number of nodes that listen
     * @param initiators the number of other nodes that negotiate; absent for all
     * @param steps the number of offers after the first one, until a responder accepts
     * @param timeout how long a node waits for each message of its peer
     */
    record Settings(
            @Nullable String objective,
            @Nullable Integer loopCount,
            @Nullable Integer responders,
            @Nullable Integer initiators,
            @Nullable Integer steps,
            @Nullable Duration start,
            @Nullable Duration every,
            @Nullable Integer count,
            @Nullable Duration timeout) {
        Settings {
            Schedule.of(start, every, count);
            typed(objective, loopCount);
            ScenarioFile.require(steps == null || steps >= 0, "steps must not be negative");
        }

        private static TypedObjective<Integer> typed(@Nullable String objective, @Nullable Integer loopCount) {
            return TypedObjective.negotiable(Objects.requireNonNullElse(objective, "EX3"), Integer.class)
                    .withLoopCount(Objects.requireNonNullElse(loopCount, Objective.DEFAULT_LOOP_COUNT));
        }

        TypedObjective<Integer> typed() {
            return typed(objective, loopCount);
        }
    }

    @Override
    public Publisher<?> run(Grasp node, WorkloadContext context) {
        Settings settings = context.settings(Settings.class);
        Role role = Role.of(context, settings.responders(), settings.initiators());
        return node.registerAsa(context.name()).flatMapMany(asa -> {
            if (role == Role.RESPONDER) {
                return asa.typed(settings.typed())
                        .register()
                        .flatMap(objective -> objective.listenNegotiate(
                                negotiation -> negotiation.converse(offers -> offers.map(NegotiateWorkload::answer))))
                        .flux();
            }
            return role == Role.INITIATOR
                    ? asa.typed(settings.typed())
                            .register()
                            .flatMapMany(objective -> Schedule.of(settings.start(), settings.every(), settings.count())
                                    .on(node, context.random())
                                    .flatMap(turn -> negotiate(objective, settings, context)))
                    : Flux.empty();
        });
    }

    /** Counts down: an offer is the number of steps that are left. */
    private static TypedMove<Integer> answer(TypedOffer<Integer> offer) {
        return offer.value() <= 0 ? offer.accept() : offer.propose(offer.value() - 1);
    }

    private static Mono<?> negotiate(TypedAsa<Integer> objective, Settings settings, WorkloadContext context) {
        RequestOptions options =
                settings.timeout() == null ? RequestOptions.DEFAULTS : RequestOptions.within(settings.timeout());
        return Requests.measured(
                context,
                objective.negotiate(
                        Objects.requireNonNullElse(settings.steps(), 0),
                        options,
                        offers -> offers.map(NegotiateWorkload::answer)),
                outcome -> outcome.agreed().isPresent() ? "successes" : "declined");
    }
}
