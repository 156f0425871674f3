package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.model.Objective;
import io.grasp.samples.MessageRecorder.Letter;
import io.grasp.samples.asa.Money;
import io.grasp.samples.asa.NegotiationReport;
import io.grasp.wire.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Gray and Briggs with many seeds. */
class BargainTest {
    private static final int SEEDS = 100;
    private static final int ROUNDS = 4;
    private static final Pattern RESERVES = Pattern.compile("reserves are NZD (\\d+)");

    private final Set<String> seen = new HashSet<>();

    @Test
    void everyRoundEndsWithTheSameReportOnBothSides() {
        for (long seed = 0; seed < SEEDS; seed++) {
            bargain(seed);
        }
        assertThat(seen)
                .contains("accepted live", "accepted dry", "accepted raw", "declined live", "declined dry")
                .contains("declined raw", "You are mean!", "Insufficient funds", "M_WAIT");
    }

    private void bargain(long seed) {
        try (Town town = new Town()) {
            MessageRecorder letters = new MessageRecorder(town.loop);
            List<String> talk = new ArrayList<>();
            List<NegotiationReport> his = new ArrayList<>();
            Grasp bank = town.node(letters);
            town.briggs(bank, seed, talk::add, his::add);

            List<NegotiationReport> hers = town.await(town.gray(town.node(), seed, ROUNDS));
            town.loop.advance(Duration.ofSeconds(1)); // her last message is in transit

            assertThat(hers).as("seed %d", seed).hasSize(ROUNDS).noneMatch(NegotiationReport::hasFailed);
            assertThat(his).as("seed %d", seed).isEqualTo(hers);
            checkSums(seed, hers, reserves(talk));
            List<List<Letter>> sessions = List.copyOf(letters.negotiations().values());
            assertThat(sessions).hasSameSizeAs(hers);
            for (int i = 0; i < ROUNDS; i++) {
                checkMirrored(seed, hers.get(i), sessions.get(i));
                checkOffers(seed, sessions.get(i));
                checkWaits(seed, sessions.get(i));
            }
        }
    }

    private static List<Long> reserves(List<String> talk) {
        return RESERVES.matcher(String.join("\n", talk))
                .results()
                .map((MatchResult match) -> Long.valueOf(match.group(1)))
                .toList();
    }

    private static void checkSums(long seed, List<NegotiationReport> rounds, List<Long> reserves) {
        assertThat(reserves).hasSameSizeAs(rounds);
        for (int i = 0; i < rounds.size(); i++) {
            NegotiationReport round = rounds.get(i);
            if (round.outcome().equals("accepted")) {
                assertThat(round.agreed())
                        .as("seed %d, %s", seed, round)
                        .isPositive()
                        .isLessThanOrEqualTo(reserves.get(i))
                        .isLessThanOrEqualTo(round.asked());
            } else {
                assertThat(round.agreed()).isNull();
                assertThat(round.reason()).isNotBlank();
            }
        }
    }

    private void checkMirrored(long seed, NegotiationReport round, List<Letter> session) {
        Objective request = session.get(0).offer();
        boolean raw = request.value().isRawCbor();
        assertThat(request.isDryRun()).isEqualTo(round.dryRun());
        assertThat(session)
                .as("seed %d, %s", seed, round)
                .filteredOn(letter -> letter.offer() != null)
                .allMatch(letter -> letter.offer().isDryRun() == round.dryRun())
                .allMatch(letter -> letter.offer().value().isRawCbor() == raw);
        seen.add(round.outcome() + (round.dryRun() ? " dry" : " live"));
        if (raw) {
            seen.add(round.outcome() + " raw");
        }
        seen.add(String.valueOf(round.reason()));
    }

    /** He never offers the requested sum or more: he would accept that request instead. */
    private static void checkOffers(long seed, List<Letter> session) {
        List<Letter> offers =
                session.stream().filter(letter -> letter.offer() != null).toList();
        for (int i = 1; i < offers.size(); i++) {
            if (offers.get(i).sent()) {
                assertThat(sum(offers.get(i))).as("seed %d", seed).isLessThan(sum(offers.get(i - 1)));
            }
        }
    }

    private static long sum(Letter letter) {
        return Money.read(letter.offer()).amount();
    }

    private void checkWaits(long seed, List<Letter> session) {
        for (int i = 0; i < session.size(); i++) {
            if (session.get(i).message() instanceof Wait wait) {
                seen.add("M_WAIT");
                Letter answer = session.get(i + 1);
                Duration taken = answer.time().minus(session.get(i).time());
                assertThat(answer.sent()).isTrue();
                assertThat(taken)
                        .as("seed %d, answer after M_WAIT", seed)
                        .isBetween(Duration.ofMillis(200), Duration.ofMillis(wait.waitMillis() / 2));
            }
        }
    }
}
