package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.api.RequestOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.asa.Money;
import io.grasp.samples.asa.NegotiationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/** Briggs with different kinds of customers. */
class BriggsTest {
    private static final Objective EX3 = Objective.negotiable("EX3").withLoopCount(30);

    private final Town town = new Town();
    private final List<NegotiationReport> rounds = new ArrayList<>();
    private final List<String> talk = new ArrayList<>();
    private Grasp bank;
    private Asa customer;
    private AsaLocator briggs;

    @BeforeEach
    void open() {
        bank = town.node();
        town.briggs(bank, 7, talk::add, rounds::add);
        customer = customer("customer");
        briggs = town.await(customer.discover(EX3, Duration.ofSeconds(1))).get(0);
    }

    @AfterEach
    void close() {
        town.close();
    }

    private Asa customer(String name) {
        Asa asa = town.await(town.node().registerAsa(name)).get(0);
        town.await(asa.register(EX3.withDryRun(true)));
        return asa;
    }

    /** Requests a sum, and then proposes these values. */
    private NegotiationOutcome ask(ObjectiveValue first, ObjectiveValue... more) {
        return town.await(customer.negotiate(
                        EX3.withValue(first),
                        briggs,
                        offers -> offers.zipWith(Flux.just(more), (offer, value) -> value)
                                .map(Move::propose)))
                .get(0);
    }

    private void assertStillInBusiness() {
        rounds.clear();
        assertThat(ask(Money.nzd(10).value(false))).isInstanceOf(Accepted.class);
        assertThat(rounds).containsExactly(new NegotiationReport("accepted", 10L, 10L, null, false, 0));
    }

    @ParameterizedTest
    @MethodSource("io.grasp.samples.Nonsense#all")
    void aRequestThatIsNoSumInNzdIsDeclinedAndTheNextOneIsAccepted(ObjectiveValue request, String reason) {
        NegotiationOutcome outcome = ask(request);

        assertThat(outcome).isEqualTo(new Declined(reason, NegotiationOutcome.Side.PEER));
        assertThat(rounds).containsExactly(new NegotiationReport("declined", null, null, reason, false, 0));
        assertStillInBusiness();
    }

    @ParameterizedTest
    @MethodSource("io.grasp.samples.Nonsense#all")
    void anOfferThatIsNoSumInNzdIsDeclinedAndTheNextRequestIsAccepted(ObjectiveValue offer, String reason) {
        NegotiationOutcome outcome = ask(Money.nzd(900).value(false), offer);

        assertThat(outcome).isEqualTo(new Declined(reason, NegotiationOutcome.Side.PEER));
        assertThat(rounds).containsExactly(new NegotiationReport("declined", 900L, null, reason, false, 2));
        assertStillInBusiness();
    }

    @Test
    void zeroIsAcceptedAndTheLargestSumIsDeclinedForLackOfFunds() {
        assertThat(ask(Money.nzd(0).value(true))).isInstanceOf(Accepted.class);
        ObjectiveValue all = Money.nzd(Long.MAX_VALUE).value(false);
        assertThat(ask(all, all, all, all, all, all, all, all))
                .isEqualTo(new Declined("Insufficient funds", NegotiationOutcome.Side.PEER));
        assertThat(rounds).extracting(NegotiationReport::asked).containsExactly(0L, Long.MAX_VALUE);
        assertStillInBusiness();
    }

    @Test
    void aCustomerThatClosesTheConnectionMakesTheRoundFail() {
        Negotiation begun = town.await(
                        customer.requestNegotiate(EX3.withValue(Money.nzd(900).value(false)), briggs))
                .get(0);

        town.await(begun.cancel());
        town.loop.advance(Duration.ofSeconds(1));

        assertThat(rounds).singleElement().satisfies(round -> {
            assertThat(round.hasFailed()).isTrue();
            assertThat(round.asked()).isEqualTo(900);
            assertThat(round.reason()).contains("closed the connection");
        });
        assertStillInBusiness();
    }

    @Test
    void aSilentCustomerMakesTheRoundFail() {
        town.await(customer.requestNegotiate(EX3.withValue(Money.nzd(900).value(false)), briggs));

        town.loop.advance(Duration.ofMinutes(5));

        assertThat(rounds)
                .singleElement()
                .satisfies(round -> assertThat(round.hasFailed()).isTrue());
        assertStillInBusiness();
    }

    @Test
    void briggsFloodsTheTimeEveryMinute() {
        List<FloodedObjective> floods = new ArrayList<>();
        Asa reader = town.await(town.node().registerAsa("reader")).get(0);
        var watching = reader.floods("EX1").subscribe(floods::add);

        town.loop.advance(Duration.ofSeconds(181));
        watching.dispose();

        assertThat(floods).hasSize(3).allSatisfy(flooded -> {
            assertThat(flooded.objective().value().as(String.class)).isEqualTo("2026-01-01 12:00 UTC from Briggs");
            assertThat(flooded.ttl()).isGreaterThan(Duration.ofSeconds(60));
        });
        assertThat(town.await(customer.getFlood("EX1")))
                .as("flooded at his start, and later")
                .hasSize(1);
    }

    @Test
    void aNodeThatStartsBetweenTwoFloodsSynchronizesTheTime() {
        town.loop.advance(Duration.ofSeconds(10));

        Cli.Run run = Cli.runIn(town, "synchronize", "EX1", "--assume-secure");

        assertThat(run.out()).containsExactly("EX1 = \"2026-01-01 12:00 UTC from Briggs\"");
    }

    @Test
    void briggsServesTheValueOfEx2() {
        Objective received = town.await(customer.synchronize(
                        Objective.synchronizable("EX2"), RequestOptions.within(Duration.ofSeconds(1))))
                .get(0);

        assertThat(received.value()).hasToString("[1, \"two\", 3]");
    }

    @Test
    void briggsPrintsEachRequestAndItsResultWithEscapedControlCharacters() {
        ask(Money.nzd(10).value(false));
        ask(ObjectiveValue.of("a\u001b[2Jb"));

        assertThat(talk.get(0)).isEqualTo("Ready: EX1 is flooded, EX2 is served, EX3 is open to bargain");
        assertThat(talk.get(1)).startsWith("Asked for NZD 10; reserves are NZD ");
        assertThat(talk.get(2)).isEqualTo("Asked for NZD 10: accepted");
        assertThat(talk.get(3)).isEqualTo("Asked for \"a\\u001b[2Jb\"");
    }
}
