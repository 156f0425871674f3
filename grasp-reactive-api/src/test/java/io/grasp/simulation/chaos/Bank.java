package io.grasp.simulation.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.api.RequestOptions;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A small ASA of a user: node 0 is a bank, and the others ask it for money every two seconds. */
class Bank implements ChaosWorkload {
    static final Objective LOAN = Objective.negotiable("LOAN");
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Map<ChaosNode, Asa> asas = new HashMap<>();

    @Override
    public Publisher<?> started(ChaosNode node, Grasp grasp) {
        return grasp.registerAsa("asa")
                .doOnNext(asa -> asas.put(node, asa))
                .flatMap(asa -> asa.register(LOAN).then(node.number() == 0 ? serve(asa) : askAgain(grasp, asa)));
    }

    /** Survives a failure with one customer. */
    Mono<Void> serve(Asa asa) {
        return asa.listenNegotiate(LOAN, Bank::answer);
    }

    static Mono<NegotiationOutcome> answer(Negotiation customer) {
        return customer.converse(offers -> offers.map(asked -> Move.propose(10)));
    }

    private Mono<Void> askAgain(Grasp grasp, Asa asa) {
        return ask(asa).onErrorResume(failure -> Mono.empty())
                .then(Mono.delay(EVERY, grasp.scheduler()))
                .repeat()
                .then();
    }

    /** Ignores the cached locators of the bank. */
    static Mono<NegotiationOutcome> ask(Asa asa) {
        return asa.discover(LOAN, DiscoverOptions.within(Duration.ofSeconds(1)).withoutCached())
                .next()
                .flatMap(bank -> asa.negotiate(
                        LOAN.withValue(5),
                        RequestOptions.to(bank).withTimeout(Duration.ofSeconds(5)),
                        offers -> offers.map(offer -> Move.accept())));
    }

    @Override
    public void recovered(ChaosRun run) {
        Asa customer = asas.get(run.nodes().get(1));
        NegotiationOutcome outcome = run.runner().await(ask(customer));
        assertThat(outcome).isInstanceOf(Accepted.class);
    }

    /** A bank that closes when one negotiation fails. */
    static final class ClosesOnAnError extends Bank {
        @Override
        Mono<Void> serve(Asa asa) {
            return asa.listenNegotiate(LOAN).flatMap(Bank::answer).then();
        }
    }

    /** A bank that also runs another publisher, on the node with the given number. */
    static final class With extends Bank {
        private final int number;
        private final Function<ChaosNode, Publisher<?>> asa;

        With(int number, Function<ChaosNode, Publisher<?>> asa) {
            this.number = number;
            this.asa = asa;
        }

        @Override
        public Publisher<?> started(ChaosNode node, Grasp grasp) {
            return node.number() == number ? asa.apply(node) : super.started(node, grasp);
        }
    }
}
