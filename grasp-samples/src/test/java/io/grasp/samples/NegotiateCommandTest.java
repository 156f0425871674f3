package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** {@code negotiate} on a simulated network. */
class NegotiateCommandTest {
    private static final Objective PRICE = Objective.negotiable("price");

    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    private void seller(Function<Negotiation, Publisher<?>> business) {
        Asa asa = town.await(town.node().registerAsa("seller")).get(0);
        town.await(asa.register(PRICE));
        asa.listenNegotiate(PRICE)
                .flatMap(negotiation -> Flux.from(business.apply(negotiation)).onErrorComplete())
                .subscribe();
        town.loop.runReady();
    }

    private static Publisher<?> offer(Negotiation negotiation, Object value) {
        return negotiation.converse(offers -> offers.map(offer -> Move.propose(value)));
    }

    private Cli.Run run(String... words) {
        List<String> args = new ArrayList<>(List.of("negotiate", "price", "100", "--assume-secure"));
        args.addAll(List.of(words));
        return Cli.runIn(town, args.toArray(String[]::new));
    }

    @Test
    void theFirstOfferIsAcceptedByDefault() {
        seller(negotiation -> offer(negotiation, 120));

        assertThat(run("--json").out())
                .containsExactly("{\"outcome\":\"accepted\",\"value\":120,\"reason\":null,\"steps\":1}");
        assertThat(run().out()).containsExactly("Accepted: price = 120");
        assertThat(run().code()).isZero();
    }

    @Test
    void aRequestThatThePeerAcceptsEndsWithoutSteps() {
        seller(Negotiation::accept);

        assertThat(run("--json").out())
                .containsExactly("{\"outcome\":\"accepted\",\"value\":100,\"reason\":null,\"steps\":0}");
    }

    @ParameterizedTest
    @CsvSource({"119.5, accepted, 0", "119, declined, 3", "-1, declined, 3"})
    void onlyAnOfferBelowTheBoundIsAccepted(String bound, String outcome, int code) {
        seller(negotiation -> offer(negotiation, List.of("NZD", 119)));

        Cli.Run run = run("--json", "--accept-below", bound);

        assertThat(run.code()).isEqualTo(code);
        assertThat(run.onlyJson().get("outcome").asString()).isEqualTo(outcome);
    }

    @Test
    void anOfferWithoutANumberIsDeclinedIfThereIsABound() {
        seller(negotiation -> offer(negotiation, "cheap"));

        assertThat(run("--json", "--accept-below", "1000").out())
                .containsExactly(
                        "{\"outcome\":\"declined\",\"value\":null,\"reason\":\"Not good enough\",\"steps\":1}");
    }

    @Test
    void controlCharactersInThePeersReasonAreEscaped() {
        seller(negotiation -> negotiation.decline("no\n{\"outcome\":\"accepted\"}\u001b[2J\u009b"));

        assertThat(run().code()).as("declined by the peer").isEqualTo(3);
        assertThat(run().out()).containsExactly("Declined: no\\u000a{\"outcome\":\"accepted\"}\\u001b[2J\\u009b");
        assertThat(run("--json").onlyJson().get("outcome").asString()).isEqualTo("declined");
        assertThat(run("--json").out().get(0)).matches("\\p{Print}*");
    }

    @Test
    void theCommandFailsIfNoPeerAnswersTheDiscovery() {
        Cli.Run run = run("--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(1)).isEqualTo("grasp: No peer answered for price within 8800 ms");
    }

    @Test
    void theTimeoutBoundsTheSearchAndEachWaitForThePeer() {
        assertThat(run("--timeout", "300").err()).last().isEqualTo("grasp: No peer answered for price within 300 ms");

        seller(negotiation -> Flux.never());
        Cli.Run run = run("--timeout", "300");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).last().asString().contains("300 ms");
    }

    @Test
    void theLoopCountIsThatOfTheRequest() {
        List<Integer> counts = new ArrayList<>();
        seller(negotiation -> {
            counts.add(negotiation.objective().loopCount());
            return negotiation.accept();
        });

        run("--loop-count", "9");
        run();

        assertThat(counts).containsExactly(9, 6);
    }

    @Test
    void aLostDiscoveryIsRepeated() {
        seller(Negotiation::accept);
        town.loseAllFor(Duration.ofSeconds(1), town.node());

        assertThat(run("--json").onlyJson().get("outcome").asString()).isEqualTo("accepted");
    }

    @Test
    void theCommandFailsIfThePeerRefusesTheSession() {
        seller(Negotiation::refuse);

        Cli.Run run = run();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(1)).startsWith("grasp: ").contains("[price]", "no ASA listens there");
    }
}
