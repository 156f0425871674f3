package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.asa.Gray;
import io.grasp.samples.asa.Money;
import io.grasp.samples.asa.NegotiationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Gray with different kinds of bankers. */
class GrayTest {
    private static final Objective EX3 = Objective.negotiable("EX3").withDryRun(true);

    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    private Grasp banker(Function<Negotiation, Publisher<?>> business) {
        Grasp node = town.node();
        Asa asa = town.await(node.registerAsa("banker")).get(0);
        town.await(asa.register(EX3, RegistrationOptions.DEFAULTS));
        asa.listenNegotiate(EX3)
                .flatMap(negotiation -> Flux.from(business.apply(negotiation)).onErrorComplete())
                .subscribe();
        town.loop.runReady();
        return node;
    }

    private static Mono<?> offer(Negotiation negotiation, ObjectiveValue value) {
        return negotiation.converse(offers -> offers.map(offer -> Move.propose(value)));
    }

    private NegotiationReport round() {
        return town.await(town.gray(town.node(), 1, 1)).get(0);
    }

    @Test
    void aRoundFailsIfNoPeerIsFound() {
        List<NegotiationReport> rounds = town.await(town.gray(town.node(), 1, 2));

        assertThat(rounds).hasSize(2).allSatisfy(round -> {
            assertThat(round.hasFailed()).isTrue();
            assertThat(round.reason()).isEqualTo("Discovery failed: no peer offers EX3");
            assertThat(round.steps()).isZero();
        });
    }

    @Test
    void aRoundFailsIfTheBankerRefusesTheSession() {
        banker(Negotiation::refuse);

        assertThat(round()).satisfies(round -> {
            assertThat(round.hasFailed()).isTrue();
            assertThat(round.reason()).contains("no ASA listens there");
        });
    }

    @Test
    void aRoundFailsAfterTheTimeoutIfTheBankerIsSilent() {
        Duration begun = town.loop.now();
        banker(negotiation -> Mono.never());

        assertThat(round()).satisfies(round -> {
            assertThat(round.hasFailed()).isTrue();
            assertThat(round.reason()).contains("no message from the peer within 60000 ms");
        });
        assertThat(town.loop.now().minus(begun)).isLessThan(Duration.ofSeconds(61));
    }

    @Test
    void aRoundFailsIfTheBankerClosesTheConnection() {
        List<Grasp> node = new ArrayList<>();
        node.add(banker(negotiation -> offer(negotiation, Money.nzd(1).value(false))
                .timeout(Duration.ofMillis(2), node.get(0).scheduler())
                .onErrorResume(late -> node.get(0).closeAsync().then(Mono.empty()))));

        assertThat(round()).satisfies(round -> {
            assertThat(round.hasFailed()).isTrue();
            assertThat(round.reason()).contains("closed the connection");
        });
    }

    @Test
    void aRoundFailsIfTheBankerIsDisconnected() {
        banker(negotiation -> {
            town.network.disconnect(town.network.node("node-1"), town.lan);
            return negotiation.accept();
        });

        assertThat(round()).satisfies(round -> {
            assertThat(round.hasFailed()).isTrue();
            assertThat(round.reason()).isNotBlank();
        });
    }

    @Test
    void aNewBankerIsDiscoveredAfterAFailedRound() {
        banker(negotiation -> {
            town.network.disconnect(town.network.node("node-1"), town.lan);
            return Mono.never();
        });
        List<NegotiationReport> rounds = new ArrayList<>();
        town.gray(town.node(), 1, 2).subscribe(rounds::add);

        town.loop.runUntil(() -> rounds.size() == 1, Duration.ofMinutes(5));
        town.briggs(town.node(), 1, line -> {}, round -> {});
        town.loop.runUntil(() -> rounds.size() == 2, Duration.ofMinutes(5));

        assertThat(rounds).extracting(NegotiationReport::hasFailed).containsExactly(true, false);
    }

    @ParameterizedTest
    @MethodSource("io.grasp.samples.Nonsense#all")
    void anOfferThatIsNoSumInNzdIsDeclined(ObjectiveValue nonsense, String unused) {
        banker(negotiation -> offer(negotiation, nonsense));

        assertThat(round()).satisfies(round -> {
            assertThat(round.outcome()).isEqualTo("declined");
            assertThat(round.reason()).isEqualTo("Invalid offer");
            assertThat(round.steps()).isEqualTo(1);
        });
    }

    @Test
    void aLowOfferIsDeclinedAsMean() {
        banker(negotiation -> offer(negotiation, Money.nzd(1).value(false)));

        assertThat(round().reason()).isEqualTo("You are mean!");
    }

    @Test
    void anOfferAboveTheRequestIsAccepted() {
        banker(negotiation -> offer(negotiation, Money.nzd(1_000_000).value(false)));

        assertThat(round().agreed()).isEqualTo(1_000_000);
    }

    @Test
    void grayPausesBetweenRounds() {
        MessageRecorder letters = new MessageRecorder(town.loop);
        town.briggs(town.node(letters), 3, line -> {}, round -> {});
        Grasp home = town.node();
        Gray gray = new Gray(home.scheduler(), new Random(3), line -> {});

        town.await(gray.run(home, 3, Duration.ofSeconds(100)));

        List<Duration> begun = letters.negotiations().values().stream()
                .map(session -> session.get(0).time())
                .toList();
        assertThat(begun.get(1).minus(begun.get(0))).isGreaterThanOrEqualTo(Duration.ofSeconds(100));
        assertThat(begun.get(2).minus(begun.get(1))).isGreaterThanOrEqualTo(Duration.ofSeconds(100));
    }
}
