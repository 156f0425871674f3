package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How operations that look for a peer by themselves choose it and fall back, on every substrate. */
@OnEverySubstrate
class PeerSearchContractTest extends ContractTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");

    private final List<List<AsaLocator>> offered = new ArrayList<>();
    private Grasp here;
    private Grasp there;
    private Asa initiator;
    private Asa responder;
    private Locator.Ipv6 place;

    @BeforeEach
    void begin() {
        begin(config -> config);
    }

    private void begin(UnaryOperator<GraspConfig> settings) {
        world.end(here, there); // those of an earlier beginning, which divert discoveries to each other
        here = world.start(settings);
        there = world.start(settings);
        initiator = world.awaitOne(here.registerAsa("initiator"));
        responder = world.awaitOne(there.registerAsa("responder"));
        world.await(initiator.register(EX3));
        Objective probe = Objective.negotiable("probe");
        world.await(responder.register(probe, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        AsaLocator found = world.awaitOne(
                initiator.discover(probe, world.moment().multipliedBy(20)).next());
        place = (Locator.Ipv6) found.locator();
    }

    @AfterEach
    void nothingIsLeft() {
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
    }

    private List<AsaLocator> asFound(List<AsaLocator> found) {
        offered.add(found);
        return found;
    }

    /** An address that no host has. */
    private Locator wrong(int port) {
        return new Locator.Ipv6(place.address(), Locator.TCP, port);
    }

    private void register(Objective objective, Locator... shown) {
        world.await(responder.register(
                objective, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(shown))));
    }

    private Collected<Negotiation> accepting() {
        Collected<Negotiation> listening =
                world.collect(responder.listenNegotiate(EX3).flatMap(Negotiation::accept));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        return listening;
    }

    private Mono<NegotiationOutcome> negotiate() {
        return negotiate(this::asFound);
    }

    private Mono<NegotiationOutcome> negotiate(PeerSelector selector) {
        return initiator.negotiate(
                EX3.withValue(1),
                RequestOptions.DEFAULTS.withPeerSelector(selector),
                offers -> offers.map(offer -> Move.accept()));
    }

    @Test
    @Proves({"8990-2.5.4.3-10", "8990-2.5.4.3-16"})
    void theNextPeerIsTriedIfOneIsUnreachable() {
        register(EX3, wrong(1), wrong(2), place);
        Collected<Negotiation> listening = accepting();

        assertThat(world.awaitOne(negotiate())).isInstanceOf(NegotiationOutcome.Accepted.class);
        assertThat(offered).hasSize(1);
        assertThat(offered.get(0)).extracting(AsaLocator::locator).containsExactly(wrong(1), wrong(2), place);
        listening.awaitValues(1);

        world.awaitOne(negotiate());
        assertThat(offered.get(1))
                .as("only the known peer")
                .extracting(AsaLocator::locator)
                .containsExactly(place);
        listening.cancel();
    }

    @Test
    @Proves("8990-2.5.4.3-16")
    void theSelectorDecidesWhichPeersAreTried() {
        register(EX3, wrong(1), place);
        Collected<Negotiation> listening = accepting();
        PeerSelector picky = found ->
                found.stream().filter(peer -> peer.locator().equals(wrong(1))).toList();

        Throwable failure = world.collect(negotiate(picky)).awaitFailure();
        GraspContractTest.assertCode(failure, GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertThat(listening.values()).isEmpty();
        GraspContractTest.assertCode(
                world.collect(negotiate(found -> List.of())).awaitFailure(), GraspErrorCode.NO_DISCOVERY_REPLY);
        PeerSelector broken = found -> {
            throw new IllegalArgumentException("oops");
        };
        Throwable oops = world.collect(negotiate(broken)).awaitFailure();
        GraspContractTest.assertCode(oops, GraspErrorCode.UNSPECIFIED);
        assertThat(oops).hasCauseInstanceOf(IllegalArgumentException.class);
        listening.cancel();
    }

    @Test
    void theErrorNamesThePeersThatWereTried() {
        register(EX3, wrong(1), wrong(2));
        Throwable failure = world.collect(negotiate()).awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertThat(((GraspException) failure).isUnreached()).isTrue();
        assertThat(((GraspException) failure).objective()).contains("EX3");
        assertThat(failure).hasMessageContainingAll(wrong(1).toString(), wrong(2).toString());
        assertThat(failure.getCause()).isInstanceOf(GraspException.class);
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    @Test
    void theNumberOfPeersTriedIsBounded() {
        begin(config -> config.withLimits(Limits.DEFAULTS.withPeersTried(2)));
        register(EX3, wrong(1), wrong(2), place);
        Collected<Negotiation> listening = accepting();
        Throwable failure = world.collect(negotiate()).awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertThat(failure).hasMessageContainingAll(wrong(1).toString(), wrong(2).toString());
        assertThat(failure.getMessage()).doesNotContain(place.toString());
        listening.cancel();
    }

    private PeerSelector askingTwice() {
        return found -> {
            AsaLocator other = new AsaLocator(place, "", found.get(0).linkIndex() + 1, false, Duration.ofMinutes(1));
            return List.of(found.get(0), other);
        };
    }

    /** RFC 8990 section 2.8.6: a connection that is closed without an answer says that no ASA listens. */
    @Test
    void theNextPeerIsTriedIfOneRefuses() {
        Asa second = world.awaitOne(there.registerAsa("second"));
        register(EX3, place);
        Collected<Negotiation> refusing = world.collect(responder
                .listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation.refuse().thenReturn(negotiation)));
        world.await(second.getFlood("EX1"));

        Throwable failure = world.collect(negotiate(askingTwice())).awaitFailure();
        GraspContractTest.assertCode(failure, GraspErrorCode.NO_PEER);
        assertThat(((GraspException) failure).isUnreached()).isFalse();
        assertThat(failure).hasMessageContaining(place.toString()).hasCauseInstanceOf(GraspException.class);
        refusing.awaitValues(2);
        assertThat(world.await(initiator.discover(EX3, DiscoverOptions.knownOnly())))
                .as("the locator where no ASA listens is removed")
                .isEmpty();
        refusing.cancel();
    }

    @Test
    void noFurtherPeerIsTriedAfterAnAnswer() {
        register(EX3, place);
        Collected<Negotiation> answering = world.collect(responder
                .listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation.sendInvalid(new byte[0]).thenReturn(negotiation)));
        world.await(responder.getFlood("EX1"));

        GraspContractTest.assertCode(
                world.collect(negotiate(askingTwice())).awaitFailure(), GraspErrorCode.NO_VALID_STEP);
        world.await(responder.getFlood("EX1"));
        assertThat(answering.values()).hasSize(1);
        answering.cancel();
    }

    @Test
    void aStaleLocatorIsSkipped() {
        register(EX3, place);
        Collected<Negotiation> before = accepting();
        world.awaitOne(negotiate());
        before.cancel();
        Grasp third = world.start();
        Asa successor = world.awaitOne(third.registerAsa("successor"));
        world.await(responder.deregister("EX3"));
        world.await(successor.register(EX3));
        Collected<Negotiation> after =
                world.collect(successor.listenNegotiate(EX3).flatMap(Negotiation::accept));
        world.await(successor.getFlood("EX1"));

        assertThat(world.awaitOne(negotiate())).isInstanceOf(NegotiationOutcome.Accepted.class);
        after.awaitValues(1);
        after.cancel();
        world.awaitNoResidue(third);
    }

    @Test
    void aSynchronizationTriesTheNextPeerAsWell() {
        register(EX2, wrong(1), place);
        SynchronizationResponder served = world.awaitOne(responder.listenSynchronize(EX2.withValue(42)));

        Objective received =
                world.awaitOne(initiator.synchronize(EX2, RequestOptions.DEFAULTS.withPeerSelector(this::asFound)));
        assertThat(received.value().as(Integer.class)).isEqualTo(42);
        world.await(served.stop());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRestartedPeerIsFoundAgainByOneCall(boolean discoveredAnew) {
        register(EX3);
        Collected<Negotiation> before = accepting();
        world.awaitOne(negotiate());
        AsaLocator old = offered.get(0).get(0);
        before.cancel();
        world.await(there.closeAsync());
        there = world.start(); // on one host it has the same address and another port
        responder = world.awaitOne(there.registerAsa("responder"));
        register(EX3);
        Collected<Negotiation> after = accepting();
        if (discoveredAnew) {
            world.awaitOne(initiator
                    .discover(EX3, world.moment().multipliedBy(20))
                    .filter(found -> !found.locator().equals(old.locator()))
                    .next());
        }

        assertThat(world.awaitOne(negotiate())).isInstanceOf(NegotiationOutcome.Accepted.class);
        if (!substrate.isPointToPoint()) { // there the locator is forgotten with its link
            assertThat(offered.get(1)).extracting(AsaLocator::locator).startsWith(old.locator());
        }
        assertThat(world.await(initiator.discover(EX3, DiscoverOptions.knownOnly())))
                .as("the unreachable locator is removed")
                .hasSize(1)
                .extracting(AsaLocator::locator)
                .doesNotContain(old.locator());
        after.cancel();
    }

    @Test
    void aSearchWithoutAResponseFails() {
        begin(config -> config.withTimeouts(
                Timeouts.DEFAULTS.withDiscoveryHop(Duration.ofMillis(10)).withDiscoveryPause(Duration.ofMillis(100))));
        GraspContractTest.assertCode(world.collect(negotiate()).awaitFailure(), GraspErrorCode.NO_DISCOVERY_REPLY);
        GraspContractTest.assertCode(
                world.collect(initiator.synchronize(EX2, RequestOptions.DEFAULTS.withPeerSelector(this::asFound)))
                        .awaitFailure(),
                GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED);
        assertThat(offered).isEmpty();
    }

    @Test
    void cancellingASearchAtAnyTimeLeavesNothing() {
        register(EX3, wrong(1), place);
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        for (int i = 0; i < 20; i++) {
            Collected<NegotiationOutcome> outcome = world.collect(negotiate());
            world.await(Flux.interval(world.moment().dividedBy(100), here.scheduler())
                    .take(i + 1));
            outcome.cancel();
        }
        listening.cancel();
    }
}
