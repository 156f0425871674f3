package io.grasp.samples.selftest;

import static io.grasp.samples.selftest.TestCase.refusal;
import static io.grasp.samples.selftest.TestCase.require;
import static io.grasp.samples.selftest.TestCase.withoutSessions;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** What a neighbor that runs Briggs, of this project or of the prototype, must do. */
final class BriggsTests {
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final Duration FLOOD = Duration.ofSeconds(65);
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3").withDryRun(true);
    private static final int ALWAYS_GIVEN = 10;
    private static final int NEVER_GIVEN = 10_000;
    private static final Duration NO_ANSWER = Duration.ofMillis(500);
    private static final String MEAN = "You are mean!";
    private static final String NO_BRIGGS =
            "does 'grasp briggs' run on the neighbor? If so, run 'grasp doctor --objective EX2' with the same options";

    private final Grasp here;
    private final Mono<Asa> asa;
    private final Objective unknown;

    BriggsTests(Grasp here, String run) {
        this.here = here;
        unknown = Objective.synchronizable("grasp-selftest-" + run + ":EX5");
        this.asa = here.registerAsa("selftest");
    }

    List<TestCase> all() {
        return List.of(
                TestCase.of(
                        "an objective that no ASA has is not discovered",
                        asa.flatMap(own -> own.discover(unknown, NO_ANSWER).count())
                                .map(found -> require("the number of answers", 0L, found) + " answers")),
                new TestCase("EX2 is discovered", NO_BRIGGS, discovered(EX2)),
                new TestCase("it is discovered again", NO_BRIGGS, discovered(EX2)),
                new TestCase(
                        "the value of EX2 is synchronized",
                        NO_BRIGGS,
                        asa.flatMap(own -> own.synchronize(EX2, RequestOptions.within(ANSWER)))
                                .map(got -> require(
                                                "the value",
                                                EX2.withValue((Object) List.of(1, "two", 3))
                                                        .value(),
                                                got.value())
                                        .toString())),
                new TestCase(
                        "EX1 is flooded, or served to those who come late",
                        NO_BRIGGS,
                        asa.flatMap(own -> own.synchronize(EX1, RequestOptions.within(ANSWER))
                                        .onErrorResume(failure -> own.floods(EX1.name())
                                                .next()
                                                .map(flooded -> flooded.objective())
                                                .take(FLOOD, here.scheduler())))
                                .map(got -> got.value().toString())),
                new TestCase(
                        "EX3 is discovered",
                        NO_BRIGGS,
                        asa.flatMap(own -> own.register(EX3, RegistrationOptions.DEFAULTS.withOverlap(true)))
                                .then(discovered(EX3))),
                new TestCase(
                        "a small request is accepted", NO_BRIGGS, bargain("NZD").map(BriggsTests::accepted)),
                new TestCase(
                        "a wrong currency is declined with the reason",
                        NO_BRIGGS,
                        bargain("USD").map(BriggsTests::declined)),
                new TestCase(
                        "a larger request is answered by an offer, which can be declined",
                        NO_BRIGGS,
                        bargain("NZD", NEVER_GIVEN, offer -> Move.decline(MEAN))
                                .map(BriggsTests::declined)
                                .map(how -> require("the end", "declined: " + MEAN, how))),
                new TestCase(
                        "it survives a value that it does not understand",
                        NO_BRIGGS,
                        bargain("NZD", NEVER_GIVEN, offer -> Move.propose(List.of("Rubbish")))
                                .onErrorComplete(GraspException.class) // as Briggs of the prototype, which says nothing
                                .then(bargain("NZD"))
                                .map(BriggsTests::accepted)),
                TestCase.of(
                        "what is neither flooded nor discovered is not synchronized",
                        refusal(
                                asa.flatMap(own -> own.synchronize(unknown)),
                                GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED)),
                TestCase.of(
                        "no session is left",
                        asa.flatMap(Asa::deregister).then(withoutSessions(here)).thenReturn("0 sessions")));
    }

    private Mono<String> discovered(Objective objective) {
        return asa.flatMap(own -> own.discover(
                        objective, DiscoverOptions.within(ANSWER).withoutCached())
                .next()
                .map(found -> found.locator() + (found.link().isEmpty() ? "" : " on " + found.link())));
    }

    private Mono<NegotiationOutcome> bargain(String currency) {
        return bargain(currency, ALWAYS_GIVEN, offer -> Move.decline("not expected"));
    }

    private Mono<NegotiationOutcome> bargain(String currency, int amount, Function<Objective, Move> answer) {
        return asa.flatMap(own -> own.negotiate(
                EX3.withValue((Object) List.of(currency, amount)),
                RequestOptions.within(ANSWER),
                offers -> offers.map(answer)));
    }

    private static String accepted(NegotiationOutcome outcome) {
        if (outcome instanceof NegotiationOutcome.Accepted accepted) {
            return "accepted " + accepted.objective().value();
        }
        throw new IllegalStateException("it ended with " + outcome);
    }

    private static String declined(NegotiationOutcome outcome) {
        if (outcome instanceof NegotiationOutcome.Declined declined) {
            return "declined: " + declined.reason();
        }
        throw new IllegalStateException("it ended with " + outcome);
    }
}
