package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

/** Rapid mode (RFC 8990 section 2.5.4.5) between two nodes, on every substrate. */
@OnEverySubstrate
class RapidContractTest extends ContractTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");

    private Asa asa(Grasp node, String name, Objective objective, RapidMode mode) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        world.await(asa.register(objective, RegistrationOptions.DEFAULTS.withRapid(mode)));
        return asa;
    }

    private static Move answer(Objective offer) {
        int value = offer.value().as(Integer.class);
        return value <= 5 ? Move.accept() : Move.propose(value - 1);
    }

    /** Its discovery is the request if the peer supports that and can connect to answer. */
    @ParameterizedTest
    @EnumSource(RapidMode.class)
    @Proves({"8990-2.5.4.5-1", "8990-2.5.5.1-1", "8990-2.8.4-7"})
    void aRapidNegotiationHasTheSameResultForEachAnswerOfThePeer(RapidMode mode) {
        Grasp there = world.start();
        Asa banker = asa(there, "banker", EX3, mode);
        Disposable bank = banker.listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.map(RapidContractTest::answer)))
                .subscribe();
        world.await(banker.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        CountingObserver observer = new CountingObserver();
        Grasp here = world.start(config -> config.withObserver(observer));
        Asa customer = asa(here, "customer", EX3, RapidMode.OFF);

        NegotiationOutcome outcome = world.awaitOne(customer.rapid()
                .negotiate(
                        EX3.withValue(9),
                        RequestOptions.within(Duration.ofSeconds(60)),
                        offers -> offers.map(RapidContractTest::answer)));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        NegotiationOutcome.Accepted.class,
                        accepted -> assertThat(accepted.objective().value().as(Integer.class))
                                .isEqualTo(5));
        boolean inBand = world.awaitOne(here.links()).get(0).repliesInBand();
        assertThat(observer.sent.containsKey("M_REQ_NEG")).isEqualTo(mode != RapidMode.SESSION || inBand);
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
        bank.dispose();
    }

    @ParameterizedTest
    @EnumSource(RapidMode.class)
    @Proves("8990-2.5.4.5-1")
    void aRapidSynchronizationHasTheSameValueForEachAnswerOfThePeer(RapidMode mode) {
        Grasp there = world.start();
        world.awaitOne(asa(there, "server", EX2, mode).listenSynchronize(EX2.withValue("v")));
        CountingObserver observer = new CountingObserver();
        Grasp here = world.start(config -> config.withObserver(observer));
        Asa client = world.awaitOne(here.registerAsa("client"));

        Objective received =
                world.awaitOne(client.rapid().synchronize(EX2, RequestOptions.within(Duration.ofSeconds(60))));

        assertThat(received.value().as(String.class)).isEqualTo("v");
        // RFC 8994 section 6.9.2: no M_SYNCH between neighbors
        boolean needsRequest = mode == RapidMode.OFF || mode == RapidMode.SESSION && !substrate.linksCarryAllTypes();
        assertThat(observer.sent.containsKey("M_REQ_SYN")).isEqualTo(needsRequest);
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
    }

    @ParameterizedTest
    @EnumSource(RapidMode.class)
    void rapidMessagesHaveTheLimitOfTheRegistration(RapidMode mode) {
        RegistrationOptions options =
                RegistrationOptions.DEFAULTS.withMaxMessageBytes(10_000).withRapid(mode);
        String large = "x".repeat(6000);
        Grasp there = world.start();
        Asa banker = world.awaitOne(there.registerAsa("banker"));
        world.await(banker.register(EX3, options));
        world.await(banker.register(EX2, options));
        world.awaitOne(banker.listenSynchronize(EX2.withValue(large)));
        Disposable bank = banker.listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation.step(large).flatMap(next -> next.step(large + "!")))
                .subscribe();
        world.await(banker.getFlood("EX1"));
        Grasp here = world.start();
        Asa customer = world.awaitOne(here.registerAsa("customer"));
        world.await(customer.register(EX3, options.withRapid(RapidMode.OFF)));
        world.await(customer.register(EX2, options.withRapid(RapidMode.OFF)));

        Negotiation negotiation = world.awaitOne(
                customer.rapid().requestNegotiate(EX3.withValue(1), RequestOptions.within(Duration.ofSeconds(60))));
        assertThat(negotiation.objective().value().as(String.class)).isEqualTo(large);
        Negotiation next = world.awaitOne(negotiation.step(large));
        assertThat(next.objective().value().as(String.class)).hasSize(6001);
        world.awaitOne(next.accept());
        assertThat(world.awaitOne(customer.rapid().synchronize(EX2, RequestOptions.within(Duration.ofSeconds(60))))
                        .value()
                        .as(String.class))
                .isEqualTo(large);
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
        bank.dispose();
    }

    @Test
    void theNextLocatorOfAResponseIsTriedIfOneIsUnreachable() {
        Grasp there = world.start();
        Asa banker = world.awaitOne(there.registerAsa("banker"));
        Objective probe = Objective.negotiable("probe");
        world.await(banker.register(probe, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Grasp here = world.start();
        Asa customer = asa(here, "customer", EX3, RapidMode.OFF);
        Locator.Ipv6 place = (Locator.Ipv6)
                world.awaitOne(customer.discover(probe, world.moment().multipliedBy(20))
                                .next())
                        .locator();
        Locator nobody = new Locator.Ipv6(place.address(), Locator.TCP, 1);
        RegistrationOptions twoPlaces = RegistrationOptions.DEFAULTS.withLocators(List.of(nobody, place));
        world.await(banker.register(EX3, twoPlaces));
        world.await(banker.register(EX2, twoPlaces));
        world.awaitOne(banker.listenSynchronize(EX2.withValue("v")));
        Collected<Negotiation> listening =
                world.collect(banker.listenNegotiate(EX3).flatMap(Negotiation::accept));
        world.await(banker.getFlood("EX1"));
        List<List<AsaLocator>> chosen = new CopyOnWriteArrayList<>();
        RequestOptions asFound = RequestOptions.within(Duration.ofSeconds(60)).withPeerSelector(found -> {
            chosen.add(found);
            return found;
        });

        assertThat(world.awaitOne(customer.rapid()
                        .negotiate(EX3.withValue(9), asFound, offers -> offers.map(offer -> Move.accept()))))
                .isInstanceOf(NegotiationOutcome.Accepted.class);
        assertThat(world.awaitOne(customer.rapid().synchronize(EX2, asFound))
                        .value()
                        .as(String.class))
                .isEqualTo("v");
        assertThat(chosen).hasSize(2);
        assertThat(chosen.get(0)).extracting(AsaLocator::locator).containsExactly(nobody, place);
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
        listening.cancel();
    }

    @Test
    @Proves("8990-2.8.4-8")
    void aRapidRequestWithoutAnAnswerFailsWithItsTimeout() {
        Grasp here = world.start();
        Asa asa = asa(here, "asa", EX3, RapidMode.OFF);
        Throwable failure = world.collect(
                        asa.rapid().requestNegotiate(EX3.withValue(1), RequestOptions.within(Duration.ofMillis(100))))
                .awaitFailure();

        assertThat(failure).hasMessageContaining("100 ms");
        assertThat(failure)
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_DISCOVERY_REPLY));
        world.awaitNoResidue(here);
    }

    @Test
    @Proves("8990-2.5.3-3")
    void aRapidRequestThatIsTooLongForAMulticastIsRefused() {
        world.start(); // without a neighbor there may be no link
        Asa asa = asa(world.start(), "asa", EX3, RapidMode.OFF);
        assertThat(world.collect(asa.rapid().requestNegotiate(EX3.withValue("x".repeat(3000))))
                        .awaitFailure())
                .hasMessageContaining(" bytes, this one has ");
    }

    @Test
    void cancellingARapidRequestLeavesNothing() {
        Grasp here = world.start();
        Asa asa = asa(here, "asa", EX3, RapidMode.OFF);
        Collected<Negotiation> asking = world.collect(
                asa.rapid().requestNegotiate(EX3.withValue(1), RequestOptions.within(Duration.ofHours(1))));
        world.await(asa.getFlood("EX1"));
        asking.cancel();
        world.awaitNoResidue(here);
    }
}
