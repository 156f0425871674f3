package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.api.RequestOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.simulation.chaos.ChaosNode;
import io.grasp.simulation.chaos.ChaosRandom;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One side of a negotiation, with a random strategy. It remembers the offers, and compares them with the agreement. */
final class RandomNegotiator {
    private static final double IN_STEPS = 0.5;
    private static final double HESITATES = 0.25;
    private static final double THINKS = 0.5;
    private static final byte[] INVALID = "nonsense".getBytes(StandardCharsets.US_ASCII);

    private final RunState world;
    private final ChaosNode node;
    private final Scheduler scheduler;
    private final ChaosRandom draw;
    private final Ending ending;
    private int movesLeft;
    private ObjectiveValue ours = ObjectiveValue.NONE;
    private ObjectiveValue theirs = ObjectiveValue.NONE;

    private enum Ending {
        ACCEPT,
        DECLINE,
        SILENCE,
        CANCEL,
        INVALID,
        REFUSE
    }

    RandomNegotiator(RunState world, ChaosNode node, Grasp grasp, ChaosRandom draw) {
        this.world = world;
        this.node = node;
        this.scheduler = grasp.scheduler();
        this.draw = draw.split();
        this.movesLeft = this.draw.between(0, 4);
        this.ending = this.draw.any(List.of(
                Ending.ACCEPT,
                Ending.ACCEPT,
                Ending.ACCEPT,
                Ending.ACCEPT,
                Ending.DECLINE,
                Ending.DECLINE,
                Ending.SILENCE,
                Ending.CANCEL,
                Ending.INVALID,
                Ending.REFUSE));
    }

    /** Negotiates with a peer. */
    Mono<Void> initiate(Asa asa, Objective objective, AsaLocator peer, Duration timeout) {
        Objective request = objective.withValue(nextOffer());
        if (draw.chance(IN_STEPS)) {
            return asa.requestNegotiate(request, RequestOptions.to(peer).withTimeout(timeout))
                    .flatMap(this::step)
                    .then();
        }
        return impatient(asa.negotiate(request, RequestOptions.to(peer).withTimeout(timeout), this::converse))
                .doOnNext(this::agreed)
                .then();
    }

    /** Answers a request. */
    Mono<Void> respond(Negotiation negotiation) {
        return draw.chance(IN_STEPS)
                ? step(negotiation).then()
                : impatient(negotiation.converse(this::converse))
                        .doOnNext(this::agreed)
                        .then();
    }

    private Mono<NegotiationOutcome> impatient(Mono<NegotiationOutcome> result) {
        return ending == Ending.CANCEL ? result.takeUntilOther(Mono.delay(draw.millis(1, 2000), scheduler)) : result;
    }

    private Flux<Move> converse(Flux<Objective> offers) {
        return offers.concatMap(offer -> {
            theirs = offer.value();
            return thinking().thenMany(Flux.defer(this::moves));
        });
    }

    private Flux<Move> moves() {
        if (draw.chance(HESITATES)) {
            return Flux.concat(Mono.just(Move.waitFor(draw.millis(0, 3000))), Mono.defer(this::move));
        }
        return Flux.from(move());
    }

    private Mono<Move> move() {
        if (movesLeft-- > 0) {
            return Mono.fromSupplier(() -> Move.propose(nextOffer()));
        }
        return switch (ending) {
            case ACCEPT -> Mono.just(Move.accept());
            case DECLINE, INVALID, REFUSE -> Mono.just(Move.decline("no"));
            case SILENCE, CANCEL -> Mono.never();
        };
    }

    private Mono<Negotiation> step(Negotiation negotiation) {
        NegotiationOutcome outcome = negotiation.outcome().orElse(null);
        if (outcome != null) {
            agreed(outcome);
            return Mono.just(negotiation);
        }
        theirs = negotiation.objective().value();
        Mono<Void> waiting = draw.chance(HESITATES) ? negotiation.waitFor(draw.millis(0, 3000)) : Mono.empty();
        return waiting.then(thinking()).then(Mono.defer(() -> {
            if (movesLeft-- > 0) {
                return negotiation.step(nextOffer()).flatMap(this::step);
            }
            return switch (ending) {
                case ACCEPT -> negotiation.accept().flatMap(this::step);
                case DECLINE -> negotiation.decline("no").flatMap(this::step);
                case CANCEL -> negotiation.cancel().then(Mono.empty());
                case INVALID -> negotiation.sendInvalid(INVALID).then(Mono.empty());
                case REFUSE -> negotiation.refuse().then(Mono.empty());
                case SILENCE -> Mono.empty();
            };
        }));
    }

    private Mono<Void> thinking() {
        return draw.chance(THINKS) ? Mono.delay(draw.millis(1, 1500), scheduler).then() : Mono.empty();
    }

    private ObjectiveValue nextOffer() {
        ours = ObjectiveValue.of(world.newValue());
        return ours;
    }

    private void agreed(NegotiationOutcome outcome) {
        if (world.run.isIntact() && outcome instanceof Accepted accepted) {
            ObjectiveValue offered = accepted.by() == Side.LOCAL ? theirs : ours;
            ObjectiveValue agreed = accepted.objective().value();
            if (!agreed.equals(offered)) {
                world.run.violated(
                        AsaRules.AGREED_IS_OFFERED,
                        node + " agreed on " + agreed + " (accepted by " + accepted.by() + "), but the offer was "
                                + offered);
            }
        }
    }
}
