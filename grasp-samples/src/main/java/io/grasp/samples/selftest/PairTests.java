package io.grasp.samples.selftest;

import static io.grasp.samples.selftest.TestCase.polled;
import static io.grasp.samples.selftest.TestCase.refusal;
import static io.grasp.samples.selftest.TestCase.require;
import static io.grasp.samples.selftest.TestCase.withoutSessions;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Inspection;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.cbor.CborItem;
import io.grasp.config.RegistrationOptions;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.PageRequest;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the test suite of the prototype does, between two nodes: discovery, floods, synchronization and negotiation, and
 * how they fail.
 */
final class PairTests {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration NO_ANSWER = Duration.ofMillis(500);
    private static final Duration SHORT_WAIT = Duration.ofMillis(200);
    private static final Duration LONGER = Duration.ofSeconds(1);
    /** A name that nothing resolves (RFC 2606). */
    private static final Locator ELSEWHERE = Locator.tcp("elsewhere.example", 7017);

    private static final List<Object> MONEY = List.of(100, "NZD");
    private static final List<Object> BOOT = List.of(1, "two", 3);
    private static final List<String> BLING = List.of("Diamonds", "Rubies");
    /** {@code {"length": 64}} in CBOR. */
    private static final byte[] INTENT = HexFormat.of().parseHex("a1666c656e6774681840");

    private final Grasp here;
    private final Grasp there;
    private final Mono<Asa> near;
    private final Mono<Asa> far;
    private final Objective silent;
    private final Objective boot;
    private final Objective elsewhere;
    private final Objective knower;
    private final Objective money;
    private final Objective bling;
    private final Objective intent;
    private final Objective bank;
    private final Objective slow;
    private final String prefix;
    private final Banker banker;

    PairTests(Grasp here, Grasp there, String run) {
        this.here = here;
        this.there = there;
        near = here.registerAsa("selftest");
        far = there.registerAsa("selftest");
        prefix = "grasp-selftest-" + run + ":";
        silent = Objective.synchronizable(prefix + "EX1").withLoopCount(1);
        boot = Objective.synchronizable(prefix + "Boot").withLoopCount(1);
        elsewhere = Objective.synchronizable(prefix + "Elsewhere").withLoopCount(1);
        knower = Objective.synchronizable(prefix + "Knower").withLoopCount(1);
        money = Objective.synchronizable(prefix + "Money").withLoopCount(1);
        bling = Objective.synchronizable(prefix + "Bling").withLoopCount(1);
        intent = Objective.synchronizable(prefix + "Intent").withLoopCount(1);
        bank = Objective.negotiable(prefix + "EX2");
        slow = Objective.negotiable(prefix + "EX4");
        banker = new Banker(here.scheduler());
    }

    List<TestCase> all() {
        List<TestCase> tests = new ArrayList<>(discovery());
        tests.addAll(floods());
        tests.addAll(synchronization());
        tests.addAll(negotiation());
        tests.addAll(ends());
        return tests;
    }

    private List<TestCase> discovery() {
        RegistrationOptions discoverable = RegistrationOptions.DEFAULTS.withDiscoverable(true);
        return List.of(
                TestCase.of(
                        "an objective that no ASA listens for is not discovered",
                        near.flatMap(asa -> asa.register(silent))
                                .then(far.flatMap(
                                        asa -> asa.discover(silent, NO_ANSWER).count()))
                                .map(found -> require("the number of answers", 0L, found) + " answers")),
                TestCase.ofNetwork(
                        "a discoverable objective is discovered",
                        near.flatMap(asa -> asa.register(boot, discoverable)).then(discovered())),
                TestCase.ofNetwork("it is discovered again without the cache", discovered()),
                TestCase.ofNetwork(
                        "a node that knows where to find an objective diverts to it", diverted(discoverable)),
                TestCase.of(
                        "its locator is in the cache",
                        far.flatMap(asa -> asa.discover(boot, DiscoverOptions.knownOnly())
                                .next()
                                .map(found -> found.locator().toString()))),
                TestCase.of(
                        "a second registration is refused",
                        near.flatMap(asa -> asa.register(bling))
                                .then(refusal(
                                        near.flatMap(asa -> asa.register(bling)),
                                        GraspErrorCode.OBJECTIVE_REGISTERED))));
    }

    private Mono<String> discovered() {
        return far.flatMap(asa -> asa.discover(
                        boot, DiscoverOptions.within(ANSWER).withoutCached())
                .next()
                .map(found -> found.locator() + (found.link().isEmpty() ? "" : " on " + found.link())));
    }

    /** The ASA that was discovered has gone by then, so that only what the node remembers can answer. */
    private Mono<String> diverted(RegistrationOptions discoverable) {
        DiscoverOptions anew = DiscoverOptions.within(ANSWER).withoutCached();
        return near.flatMap(asa -> asa.register(elsewhere, discoverable.withLocators(List.of(ELSEWHERE))))
                .then(far.flatMap(asa -> asa.discover(elsewhere, anew).next()))
                .then(near.flatMap(asa -> asa.deregister(elsewhere.name())))
                .then(far.flatMap(asa -> asa.register(knower, discoverable)))
                .then(near.flatMap(asa -> asa.discover(knower, anew).next()))
                .flatMap(node -> far.flatMap(asa -> asa.discover(
                                elsewhere, DiscoverOptions.within(ANSWER).withPeer(node))
                        .filter(AsaLocator::diverted)
                        .next()))
                .map(found -> "to " + require("the locator", ELSEWHERE, found.locator()));
    }

    private List<TestCase> floods() {
        List<TaggedObjective> values = List.of(
                TaggedObjective.untagged(money.withValue((Object) MONEY)),
                TaggedObjective.untagged(bling.withValue((Object) BLING)),
                TaggedObjective.untagged(intent.withValue(ObjectiveValue.ofRawCbor(INTENT))));
        return List.of(
                TestCase.ofNetwork(
                        "one flood carries several objectives",
                        near.flatMap(asa -> asa.register(money)
                                        .then(asa.register(intent))
                                        .then(asa.flood(values, FloodOptions.indefinite())))
                                .thenMany(Flux.concat(heard(money), heard(bling), heard(intent)))
                                .map(heard -> heard.objective().value().toString())
                                .collectList()
                                .map(heard -> String.join(", ", heard))),
                TestCase.of(
                        "CBOR within CBOR arrives unchanged",
                        far.flatMap(asa -> asa.getFlood(intent.name()).next()).map(flooded -> {
                            ObjectiveValue value = flooded.objective().value();
                            require("raw CBOR", true, value.isRawCbor());
                            CborItem content = value.content();
                            require(
                                    "the content",
                                    HexFormat.of().formatHex(INTENT),
                                    HexFormat.of().formatHex(content.bytes()));
                            return content.diagnostic();
                        })),
                TestCase.of(
                        "the nodes show what is registered and flooded",
                        Mono.zip(
                                        shown(Inspection.all(PageRequest.FIRST, here.inspection()::objectives)
                                                .map(ObjectiveEntry::name)),
                                        shown(Inspection.all(PageRequest.FIRST, there.inspection()::floods)
                                                .map(FloodEntry::objective)))
                                .map(shown -> require("registered objectives", 5L, shown.getT1()) + " objectives, "
                                        + require("flooded objectives", 3L, shown.getT2()) + " floods")));
    }

    private Mono<Long> shown(Flux<String> names) {
        return names.filter(name -> name.startsWith(prefix)).count();
    }

    private Mono<FloodedObjective> heard(Objective objective) {
        return far.flatMap(asa -> asa.floods(objective.name()).next());
    }

    private List<TestCase> synchronization() {
        return List.of(
                TestCase.of(
                        "a flooded value is synchronized from the cache",
                        far.flatMap(asa -> asa.synchronize(bling))
                                .map(got -> valueOf(got, ObjectiveValue.of((Object) BLING)))),
                TestCase.of(
                        "what is neither flooded nor discovered is not synchronized",
                        refusal(
                                far.flatMap(asa -> asa.synchronize(silent)),
                                GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED)),
                TestCase.ofNetwork(
                        "a value is synchronized from its ASA",
                        near.flatMap(asa -> asa.listenSynchronize(boot.withValue((Object) BOOT)))
                                .then(far.flatMap(asa -> asa.synchronize(boot)))
                                .map(got -> valueOf(got, ObjectiveValue.of((Object) BOOT)))),
                TestCase.of(
                        "it is not after the objective is deregistered",
                        near.flatMap(asa -> asa.deregister(boot.name()))
                                .then(refusal(far.flatMap(asa -> asa.synchronize(boot))))));
    }

    private static String valueOf(Objective got, ObjectiveValue expected) {
        return require("the value", expected, got.value()).toString();
    }

    private List<TestCase> negotiation() {
        return List.of(
                TestCase.ofNetwork(
                        "a request that is good enough is accepted",
                        near.flatMap(asa -> asa.register(bank)
                                        .doOnSuccess(registered -> asa.listenNegotiate(bank, banker::serve)
                                                .subscribe()))
                                .then(far.flatMap(asa -> asa.register(bank)))
                                .then(bargain(Banker.nzd(50), offer -> Move.decline("an offer")))
                                .map(outcome -> accepted(outcome, 50))),
                TestCase.of(
                        "a wrong request is declined with the reason",
                        bargain(List.of("USD", 50), offer -> Move.accept())
                                .map(outcome -> declined(outcome, Banker.WRONG_CURRENCY))),
                TestCase.of(
                        "the peer is waited for when it asks for time",
                        bargain(Banker.nzd(Banker.RESERVES), offer -> counter(offer, Banker.RESERVES / 4 * 3, 180))
                                .map(outcome -> accepted(outcome, Banker.RESERVES / 4 * 3))),
                TestCase.of(
                        "a peer that answers later than it has asked for is not waited for",
                        near.flatMap(asa -> asa.register(slow)
                                        .doOnSuccess(registered -> asa.listenNegotiate(slow, this::answerTooLate)
                                                .subscribe()))
                                .then(far.flatMap(asa -> asa.register(slow)))
                                .then(refusal(
                                        far.flatMap(asa -> asa.negotiate(
                                                slow.withValue((Object) Banker.nzd(1)),
                                                offers -> offers.map(offer -> Move.accept()))),
                                        GraspErrorCode.NO_NEGOTIATION_REPLY))),
                TestCase.of(
                        "a reason keeps all its characters",
                        bargain(Banker.nzd(400), offer -> counter(offer, Integer.MAX_VALUE, 300))
                                .map(outcome -> declined(outcome, Banker.NO_FUNDS))),
                TestCase.of(
                        "the peer learns why its offer is declined",
                        bargain(Banker.nzd(400), offer -> Move.decline("You are mean!"))
                                .then(ended())
                                .map(outcome -> declined(outcome, "You are mean!"))),
                TestCase.of(
                        "an ASA survives a value that it does not understand",
                        bargain(Banker.nzd(400), offer -> Move.propose(List.of("Rubbish")))
                                .map(outcome -> declined(outcome, Banker.RUBBISH))
                                .then(bargain(Banker.nzd(50), offer -> Move.decline("an offer")))
                                .map(outcome -> accepted(outcome, 50))));
    }

    private Mono<Void> answerTooLate(Negotiation negotiation) {
        return negotiation
                .converse(asked -> asked.concatMap(request -> Flux.concat(
                        Mono.just(Move.waitFor(SHORT_WAIT)),
                        Mono.delay(LONGER, here.scheduler()).thenReturn(Move.accept()))))
                .onErrorComplete(GraspException.class)
                .then();
    }

    private Mono<NegotiationOutcome> bargain(List<?> request, Function<Objective, Move> answer) {
        return far.flatMap(asa -> asa.negotiate(bank.withValue((Object) request), offers -> offers.map(answer)));
    }

    private static Move counter(Objective offer, int enough, int otherwise) {
        Integer amount = Banker.amount(offer);
        if (amount == null) {
            return Move.decline("no money");
        }
        return amount >= enough ? Move.accept() : Move.propose(Banker.nzd(otherwise));
    }

    private static String accepted(NegotiationOutcome outcome, int amount) {
        if (outcome instanceof NegotiationOutcome.Accepted accepted) {
            require("the sum", amount, Banker.amount(accepted.objective()));
            return "accepted " + accepted.objective().value();
        }
        throw new IllegalStateException("it ended with " + outcome);
    }

    private static String declined(NegotiationOutcome outcome, String reason) {
        if (outcome instanceof NegotiationOutcome.Declined declined) {
            return "declined: " + require("the reason", reason, declined.reason());
        }
        throw new IllegalStateException("it ended with " + outcome);
    }

    /** The other side may learn it a little later. */
    private Mono<NegotiationOutcome> ended() {
        return polled(
                here,
                Mono.fromSupplier(banker::last)
                        .filter(outcome -> outcome instanceof NegotiationOutcome.Declined declined
                                && declined.reason().equals("You are mean!")));
    }

    private List<TestCase> ends() {
        return List.of(
                TestCase.of(
                        "a negotiation ends when its ASA is deregistered",
                        far.flatMap(asa -> asa.requestNegotiate(bank.withValue((Object) Banker.nzd(400))))
                                .flatMap(negotiation -> near.flatMap(Asa::deregister)
                                        .then(refusal(negotiation.step(Banker.nzd(300)))))),
                TestCase.of(
                        "no session is left",
                        far.flatMap(Asa::deregister)
                                .then(Mono.zip(withoutSessions(here), withoutSessions(there)))
                                .thenReturn("0 sessions")));
    }
}
