package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Two nodes on separate links, and a relay between them, on every substrate. */
@OnEverySubstrate
class RelayContractTest extends ContractTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Duration TTL = Duration.ofMinutes(1);
    /** The address that a node with only the loopback interface advertises: a relay does not pass on loopback addresses. */
    private static final String STABLE = "fd6a:7261:73ff::1/128 dev lo";

    @BeforeParameterizedClassInvocation
    static void addAddress(TestSubstrate substrate) {
        if (substrate.isReal()) {
            NettyWorld.ip("-6 address add " + STABLE + " nodad");
        }
    }

    @AfterParameterizedClassInvocation
    static void removeAddress(TestSubstrate substrate) {
        if (substrate.isReal()) {
            NettyWorld.ip("-6 address delete " + STABLE);
        }
    }

    private Asa asa(Grasp node, Objective objective) {
        Asa asa = world.awaitOne(node.registerAsa("asa"));
        world.await(asa.register(objective, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        return asa;
    }

    /** Waits until the neighbors' loops have run, so that they receive the next messages. */
    private void settle(Asa listening) {
        world.await(listening.getFlood("EX1"));
    }

    @Test
    @Proves({"8990-2.5.4.4-1", "8990-2.5.4.4-3", "8990-2.5.4.4-11", "8991-2.3.5-4"})
    void aDiscoveryAndANegotiationCrossTheRelay() {
        Grasp left = world.startOn(0);
        Grasp relay = world.startOn(0, 1);
        Grasp right = world.startOn(1);
        Asa banker = asa(right, EX3);
        Collected<NegotiationOutcome> deals = world.collect(banker.listenNegotiate(EX3)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.accept()))));
        settle(banker);
        Asa customer = asa(left, EX3);

        List<AsaLocator> found = world.await(customer.discover(EX3, world.moment()));
        assertThat(found).singleElement().satisfies(locator -> {
            assertThat(locator.diverted()).isFalse();
            assertThat(((Locator.Ipv6) locator.locator()).address().isLinkLocalAddress())
                    .isFalse();
        });
        assertThat(world.awaitOne(
                        customer.negotiate(EX3.withValue(7), found.get(0), offers -> offers.map(o -> Move.accept()))))
                .isInstanceOf(NegotiationOutcome.Accepted.class);
        world.awaitUntil("the banker's outcome", () -> deals.values().size() == 1);
        deals.cancel();
        for (Grasp node : List.of(left, relay, right)) {
            world.awaitNoResidue(node);
        }
    }

    @Test
    @Proves({"8990-2.5.6.2-2", "8990-2.5.6.2-9"})
    void aFloodCrossesTheRelayOnceWithItsLoopCountDecremented() {
        Grasp left = world.startOn(0);
        Grasp relay = world.startOn(0, 1);
        Asa between = asa(relay, EX3);
        Asa listener = asa(world.startOn(1), EX3);
        Collected<FloodedObjective> atRelay = world.collect(between.floods("EX1"));
        Collected<FloodedObjective> atListener = world.collect(listener.floods("EX1"));
        settle(between);
        settle(listener);
        Asa source = asa(left, EX1);
        world.await(source.flood(EX1.withValue(1).withLoopCount(2), TTL));
        world.await(source.flood(EX1.withValue(2).withLoopCount(6), TTL));

        world.awaitUntil("two floods", () -> atListener.values().size() >= 2);
        world.await(source.discover(Objective.negotiable("EX4"), world.moment()));
        assertThat(atRelay.values())
                .extracting(flooded -> flooded.objective().loopCount())
                .containsExactly(2, 6);
        assertThat(atListener.values())
                .extracting(flooded -> flooded.objective().loopCount())
                .containsExactly(1, 5);
        atRelay.cancel();
        atListener.cancel();
    }

    @Test
    @Proves("8991-2.3.6-4")
    void aFloodWithTheUnspecifiedAddressIsNotRelayed() throws UnknownHostException {
        Grasp left = world.startOn(0);
        Asa between = asa(world.startOn(0, 1), EX3);
        Asa listener = asa(world.startOn(1), EX3);
        Collected<FloodedObjective> atRelay = world.collect(between.floods("EX1"));
        Collected<FloodedObjective> atListener = world.collect(listener.floods("EX1"));
        Asa source = asa(left, EX1);
        Locator here = new Locator.Ipv6((Inet6Address) InetAddress.getByName("::"), Locator.TCP, 443);
        world.await(source.flood(
                List.of(TaggedObjective.untagged(EX1.withValue(1)), new TaggedObjective(EX1.withValue(2), here)), TTL));

        InetAddress own = world.awaitOne(left.links()).get(0).linkLocalAddress();
        assertThat(atRelay.awaitValues(2))
                .extracting(FloodedObjective::locator)
                .first()
                .isNull();
        assertThat(atRelay.values().get(1).locator())
                .isInstanceOfSatisfying(
                        Locator.Ipv6.class,
                        tag -> assertThat(tag.address().getAddress()).isEqualTo(own.getAddress()));
        world.await(source.discover(Objective.negotiable("EX4"), world.moment()));
        assertThat(atListener.values()).isEmpty();
        atRelay.cancel();
        atListener.cancel();
    }

    @Test
    @Proves({"8990-2.5.4.4-6", "8990-2.5.6.2-10", "8990-2.8.4-6"})
    void messagesWithLoopCountOneAreNotRelayed() {
        Grasp left = world.startOn(0);
        world.startOn(0, 1);
        Asa listener = asa(world.startOn(1), EX3);
        Asa source = asa(left, EX1);
        settle(listener);
        world.await(source.flood(EX1.withValue(1).withLoopCount(1), TTL));

        assertThat(world.await(source.discover(EX3.withLoopCount(1), world.moment())))
                .isEmpty();
        assertThat(world.await(listener.getFlood("EX1"))).isEmpty();
    }

    @Test
    @Proves("8990-2.5.6.2-4")
    void aNodeOnTwoLinksFloodsOnBothAndHearsTheFloodsOfBoth() {
        Asa left = asa(world.startOn(0), Objective.synchronizable("left"));
        Asa between = asa(world.startOn(0, 1), Objective.synchronizable("between"));
        Asa right = asa(world.startOn(1), Objective.synchronizable("right"));
        List<Collected<FloodedObjective>> heard = List.of(
                world.collect(left.floods("between")),
                world.collect(right.floods("between")),
                world.collect(between.floods("left")),
                world.collect(between.floods("right")));
        List.of(left, between, right).forEach(this::settle);
        world.await(left.flood(Objective.synchronizable("left").withValue(1).withLoopCount(1), TTL));
        world.await(right.flood(Objective.synchronizable("right").withValue(2).withLoopCount(1), TTL));
        world.await(
                between.flood(Objective.synchronizable("between").withValue(3).withLoopCount(1), TTL));

        assertThat(heard.stream()
                        .map(each ->
                                each.awaitValues(1).get(0).objective().value().toString()))
                .containsExactly("3", "3", "1", "2");
        heard.forEach(Collected::cancel);
    }

    @Test
    @Proves("8990-2.5.4.4-1")
    void aNodeOnTwoLinksDiscoversOnBothAndIsDiscoveredOnBoth() {
        Asa between = asa(world.startOn(0, 1), EX3);
        Objective onLeft = Objective.discoverable("left");
        Objective onRight = Objective.discoverable("right");
        Asa left = asa(world.startOn(0), onLeft);
        Asa right = asa(world.startOn(1), onRight);
        List.of(left, between, right).forEach(this::settle);

        for (Objective sought : List.of(onLeft, onRight)) {
            assertThat(world.await(between.discover(sought.withLoopCount(1), world.moment())
                            .take(1)))
                    .as(sought.name())
                    .hasSize(1);
        }
        for (Asa seeker : List.of(left, right)) {
            assertThat(world.await(seeker.discover(EX3.withLoopCount(1), world.moment())
                            .take(1)))
                    .hasSize(1);
        }
    }

    @Test
    @Proves("8990-2.5.1-6")
    void twoInstancesOfOneHostRelayNothingBetweenThem() {
        Grasp inner = world.startOn(0);
        Grasp outer = world.awaitOne(inner.startOnSharedLoop(world.settingsOn(1)));
        Objective served = Objective.discoverable("EX5");
        Asa atInner = asa(inner, served);
        Asa atOuter = asa(outer, Objective.negotiable("EX4")); // its name is free there
        Asa inside = asa(world.startOn(0), EX1);
        Asa outside = asa(world.startOn(1), EX3);
        Collected<FloodedObjective> heard = world.collect(atInner.floods("EX1"));
        List.of(atInner, atOuter, inside, outside).forEach(this::settle);

        world.await(inside.flood(EX1.withValue(1), TTL));
        heard.awaitValues(1);
        assertThat(world.await(atOuter.discover(EX3, world.moment()).take(1))).hasSize(1);
        assertThat(world.await(inside.discover(served, world.moment()).take(1))).hasSize(1);
        assertThat(world.await(atInner.discover(EX3, DiscoverOptions.knownOnly())))
                .isEmpty();
        List<Collected<AsaLocator>> seeking = List.of(
                world.collect(inside.discover(EX3, world.moment())),
                world.collect(atOuter.discover(served, world.moment())),
                world.collect(outside.discover(served, world.moment())));
        assertThat(seeking).allSatisfy(each -> assertThat(each.awaitEnd()).isEmpty());
        assertThat(world.await(atOuter.getFlood("EX1"))).isEmpty();
        assertThat(world.await(outside.getFlood("EX1"))).isEmpty();
        heard.cancel();
    }

    @Test
    void aRelayThatSupportsTheObjectiveAnswersInsteadOfRelaying() {
        Grasp left = world.startOn(0);
        Asa between = asa(world.startOn(0, 1), EX3);
        Asa beyond = asa(world.startOn(1), EX3);
        settle(between);
        settle(beyond);

        assertThat(world.await(asa(left, EX1).discover(EX3, world.moment()))).hasSize(1);
    }

    @Test
    void twoRelaysBetweenTheSameLinksDoNotLoop() {
        Grasp left = world.startOn(0);
        Grasp one = world.startOn(0, 1);
        Grasp other = world.startOn(0, 1);
        Asa listener = asa(world.startOn(1), EX3);
        Collected<FloodedObjective> heard = world.collect(listener.floods("EX1"));
        settle(listener);
        Asa source = asa(left, EX1);
        world.await(source.flood(EX1.withValue(1), TTL));

        assertThat(world.await(source.discover(EX3, world.moment()))).hasSize(1);
        assertThat(heard.values()).hasSize(1);
        heard.cancel();
        for (Grasp node : List.of(left, one, other)) {
            world.awaitNoResidue(node);
        }
    }

    // Discovery that asks one node

    @Test
    @Proves({"8990-2.5.4.2-1", "8990-2.8.4-11"})
    void aUnicastDiscoveryFindsTheNodeAndThoseBehindIt() {
        Grasp left = world.startOn(0);
        Grasp relay = world.startOn(0, 1);
        Asa between = asa(relay, EX3);
        Objective beyond = Objective.discoverable("EX5");
        Asa far = asa(world.startOn(1), beyond);
        settle(between);
        settle(far);
        Asa seeker = asa(left, EX1);
        AsaLocator there = world.await(seeker.discover(EX3, world.moment())).get(0);

        assertThat(world.await(seeker.discover(
                        EX3, DiscoverOptions.within(world.moment()).withPeer(there))))
                .extracting(AsaLocator::locator)
                .containsExactly(there.locator());
        assertThat(world.await(seeker.discover(
                        beyond, DiscoverOptions.within(world.moment()).withPeer(there))))
                .singleElement()
                .satisfies(locator -> assertThat(locator.locator()).isNotEqualTo(there.locator()));
        assertThat(world.await(seeker.discover(
                        Objective.discoverable("EX6"),
                        DiscoverOptions.within(world.moment()).withPeer(there))))
                .isEmpty();
        world.awaitNoResidue(left);
        world.awaitNoResidue(relay);
    }

    @Test
    void aUnicastDiscoveryOfAnUnreachableNodeFails() {
        Asa seeker = asa(world.startOn(0), EX1);
        Asa gone = asa(world.startOn(0), EX3);
        settle(gone);
        AsaLocator there = world.await(seeker.discover(EX3, world.moment())).get(0);
        AsaLocator nowhere = AsaLocator.of(new Locator.Ipv6(((Locator.Ipv6) there.locator()).address(), 6, 9));

        Throwable failure = world.collect(seeker.discover(
                        EX3, DiscoverOptions.within(Duration.ofMinutes(5)).withPeer(nowhere)))
                .awaitFailure();
        assertThat(failure)
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_DISCOVERY_REPLY));
        assertThat(failure).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aUnicastDiscoveryCanBeCancelled() {
        Grasp left = world.startOn(0);
        Asa seeker = asa(left, EX1);
        Grasp there = world.startOn(0);
        settle(asa(there, EX3));
        AsaLocator peer = world.await(seeker.discover(EX3, world.moment())).get(0);
        Collected<AsaLocator> asking = world.collect(
                seeker.discover(EX3, DiscoverOptions.within(Duration.ofHours(1)).withPeer(peer)));
        world.awaitUntil("an answer", () -> asking.values().size() == 1);
        asking.cancel();

        world.awaitNoResidue(left);
        world.awaitNoResidue(there);
    }

    @Test
    void aUnicastDiscoveryOfTheOwnNodeWorks() {
        Grasp node = world.startOn(0);
        asa(node, EX3);
        Asa seeker = world.awaitOne(node.registerAsa("seeker"));
        AsaLocator here =
                world.await(seeker.discover(EX3, DiscoverOptions.knownOnly())).get(0);

        assertThat(world.await(seeker.discover(
                        EX3, DiscoverOptions.within(world.moment()).withPeer(here))))
                .hasSize(1);
        world.awaitNoResidue(node);
    }
}
