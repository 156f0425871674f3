package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.LinkLostException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Links and addresses appear and disappear while nodes discover, negotiate and flood, on every substrate. */
@OnEverySubstrate
class ChangingNetworkContractTest extends ContractTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int MOST_TRIES = 500;

    private Asa asa(Grasp node, Objective objective) {
        Asa asa = world.awaitOne(node.registerAsa("asa"));
        world.await(asa.register(objective, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        return asa;
    }

    private void awaitLinks(int count, Grasp... nodes) {
        for (Grasp node : nodes) {
            eventually(
                    count + " links", node, () -> world.awaitOne(node.links()).size() == count);
        }
    }

    /** Repeats a discovery, with pauses in the node's time; the discovery itself takes time too. */
    private void eventually(String what, Grasp node, BooleanSupplier condition) {
        for (int asked = 0; !condition.getAsBoolean(); asked++) {
            assertThat(asked).as(what).isLessThan(MOST_TRIES);
            world.await(Mono.delay(PAUSE, node.scheduler()));
        }
    }

    private static InetAddress address(AsaLocator found) {
        return ((Locator.Ipv6) found.locator()).address();
    }

    private AsaLocator find(Asa seeker) {
        return world.await(seeker.discover(
                        EX3, DiscoverOptions.within(world.moment()).withoutCached()))
                .get(0);
    }

    private List<InetAddress> addressesAt(AsaLocator peer, Asa seeker) {
        return world
                .await(seeker.discover(
                        EX3, DiscoverOptions.within(world.moment()).withPeer(peer)))
                .stream()
                .map(ChangingNetworkContractTest::address)
                .toList();
    }

    private Collected<NegotiationOutcome> silentTalk(Asa customer, Asa banker, AsaLocator there) {
        Collected<Negotiation> taken = world.collect(banker.listenNegotiate(EX3));
        Collected<NegotiationOutcome> talk =
                world.collect(customer.negotiate(EX3.withValue(1), there, offers -> Flux.never()));
        world.awaitUntil("a request", () -> taken.values().size() == 1);
        return talk;
    }

    private static void assertLinkLost(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.origin()).isEqualTo(GraspException.Origin.TRANSPORT))
                .hasCauseInstanceOf(LinkLostException.class);
    }

    @Test
    void aDiscoveryIsSentOnALinkThatComesUpDuringIt() {
        Grasp left = world.start();
        Grasp right = world.start();
        world.linkDown();
        awaitLinks(0, left, right);
        asa(right, EX3);
        Collected<AsaLocator> found = world.collect(asa(left, EX1).discover(EX3, LONG));
        world.linkUp();
        // The neighbor may notice the link later than this node, and then receives only a later repetition.
        eventually("an answer", left, () -> !found.values().isEmpty());
        found.cancel();
        world.awaitNoResidue(left);
    }

    @Test
    @Proves("8990-2.2-5")
    void aDiscoveryIsSentAgainWhenItsLinkComesBackWithAnotherAddress() {
        assumeFalse(substrate.isProtectedByAddress(), "the discovery ends with the protection");
        Grasp left = world.start();
        Grasp right = world.start();
        Collected<AsaLocator> found = world.collect(asa(left, EX1).discover(EX3, LONG));
        awaitLinks(1, left, right);
        world.renumber(left);
        world.linkDown();
        awaitLinks(0, left, right);
        asa(right, EX3);
        assertThat(found.values()).isEmpty();
        world.linkUp();
        eventually("an answer", left, () -> !found.values().isEmpty());
        assertThat(found.isEnded()).isFalse();
        found.cancel();
        world.awaitNoResidue(left);
    }

    @Test
    @Proves("8990-2.2-5")
    void locatorsLearnedOnALostLinkAreForgotten() {
        Grasp left = world.start();
        asa(world.start(), EX3);
        Asa seeker = asa(left, EX1);
        find(seeker);
        assertThat(world.await(seeker.discover(EX3, DiscoverOptions.knownOnly())))
                .hasSize(1);
        world.linkDown();
        awaitLinks(0, left);
        assertThat(world.await(seeker.discover(EX3, DiscoverOptions.knownOnly())))
                .isEmpty();
        world.linkUp();
        awaitLinks(1, left);
        eventually(
                "the neighbor again",
                left,
                () -> !world.await(seeker.discover(EX3, world.moment())).isEmpty());
    }

    @Test
    @Proves("8990-2.2-2")
    void aNodeReportsItsCurrentLinksAndAddresses() {
        assumeFalse(substrate.isPointToPoint(), "a node alone has no link");
        Grasp node = world.start();
        NodeLocators before = world.awaitOne(node.locators());
        NodeLocators.OnLink link = before.links().get(0);
        assertThat(link.locator().isLinkLocal()).isFalse();
        assertThat(link.linkLocal().isLinkLocal()).isTrue();

        world.renumber(node);
        eventually(
                "another address",
                node,
                () -> !world.awaitOne(node.locators()).initiator().equals(before.initiator()));
        NodeLocators renumbered = world.awaitOne(node.locators());
        assertThat(renumbered.links()).singleElement().satisfies(now -> {
            assertThat(now.locator()).isNotEqualTo(link.locator());
            assertThat(((Locator.Ipv6) now.locator()).address()).isEqualTo(renumbered.initiator());
            assertThat(now.linkLocal()).isEqualTo(link.linkLocal());
        });

        world.linkDown();
        awaitLinks(0, node);
        assertThat(world.awaitOne(node.locators()).links()).isEmpty();
        world.linkUp();
        awaitLinks(1, node);
        assertThat(world.awaitOne(node.locators()).links())
                .extracting(NodeLocators.OnLink::name, NodeLocators.OnLink::index)
                .containsExactly(tuple(link.name(), link.index()));
    }

    @Test
    @Proves({"8990-2.2-3", "8990-2.5.5-5", "8990-2.2-4"})
    void aConnectionAfterABrokenOneWorks() {
        Grasp left = world.start();
        Asa customer = asa(left, EX3);
        Grasp right = world.start();
        Asa banker = asa(right, EX3);
        Collected<Negotiation> taken = world.collect(banker.listenNegotiate(EX3));
        Collected<Negotiation> broken = world.collect(customer.requestNegotiate(
                EX3.withValue(1), RequestOptions.to(find(customer)).withTimeout(LONG)));
        world.awaitUntil("a request", () -> taken.values().size() == 1);
        InetAddress before = world.awaitOne(left.locators()).initiator();
        world.renumber(left);
        GraspContractTest.assertCode(
                broken.awaitFailure(),
                substrate.isProtectedByAddress() ? GraspErrorCode.NO_SECURITY : GraspErrorCode.NO_NEGOTIATION_REPLY);

        // Nodes of one host are renumbered together.
        eventually(
                "the addresses of now",
                right,
                () -> !world.awaitOne(right.locators()).initiator().equals(before));
        Collected<Negotiation> again = world.collect(customer.requestNegotiate(
                EX3.withValue(2), RequestOptions.to(find(customer)).withTimeout(LONG)));
        world.awaitUntil("another request", () -> taken.values().size() == 2);
        world.await(taken.values().get(1).accept());
        assertThat(again.awaitValues(1).get(0).outcome()).isPresent();
        taken.cancel();
        world.awaitNoResidue(left);
    }

    @Test
    @Proves({"8990-2.2-3", "8990-2.5.5-5"})
    void aNegotiationFromARemovedAddressFailsWithThatReason() {
        assumeFalse(substrate.isProtectedByAddress(), "the reason is the loss of protection");
        Grasp left = world.start();
        Grasp right = world.start();
        Asa customer = asa(left, EX3);
        Asa banker = asa(right, EX3);
        Collected<NegotiationOutcome> talk = silentTalk(customer, banker, find(customer));
        world.renumber(left);
        assertLinkLost(talk.awaitFailure());
        world.awaitNoResidue(left);
    }

    @Test
    @Proves({"8990-2.2-4", "8990-2.5.4.3-18"})
    void responsesHoldTheCurrentAddress() {
        Grasp left = world.start();
        Grasp right = world.start();
        asa(right, EX3);
        Asa seeker = asa(left, EX1);
        AsaLocator then = find(seeker);
        assertThat(addressesAt(then, seeker)).containsExactly(address(then));
        InetAddress before = address(then);
        world.renumber(right);
        eventually(
                "the new address",
                left,
                () -> world.await(seeker.discover(EX3, world.moment())).stream()
                        .anyMatch(found -> !address(found).equals(before)));
        AsaLocator now = find(seeker);
        assertThat(address(now).isLinkLocalAddress()).isFalse();
        assertThat(addressesAt(now, seeker)).as("discovered by unicast").containsExactly(address(now));
        Asa banker = world.awaitOne(right.registerAsa("banker"));
        Objective ex4 = Objective.negotiable("EX4");
        world.await(banker.register(ex4));
        Collected<NegotiationOutcome> deals = world.collect(banker.listenNegotiate(ex4)
                .flatMap(taken -> taken.converse(offers -> offers.map(offer -> Move.accept()))));
        world.await(seeker.register(ex4));
        assertThat(world.awaitOne(seeker.negotiate(ex4.withValue(1), now, offers -> offers.map(o -> Move.accept()))))
                .isInstanceOf(NegotiationOutcome.Accepted.class);
        deals.cancel();
    }

    @Test
    @Proves("8990-2.2-4")
    void floodsHoldTheCurrentInitiator() {
        assumeFalse(substrate.isPointToPoint(), "the link ends with its address");
        Grasp left = world.start();
        Asa listener = asa(world.start(), EX3);
        Asa source = asa(left, EX1);
        Collected<FloodedObjective> heard = world.collect(listener.floods("EX1"));
        world.await(listener.getFlood("EX1"));
        world.await(source.flood(EX1.withValue(1), LONG));
        world.awaitUntil("a flood", () -> heard.values().size() == 1);
        InetAddress before = heard.values().get(0).initiator();

        world.renumber(left);
        eventually("another initiator", left, () -> {
            int known = heard.values().size();
            world.await(source.flood(EX1.withValue(2), LONG));
            world.awaitUntil("a flood", () -> heard.values().size() > known);
            return !heard.values().get(known).initiator().equals(before);
        });
        heard.cancel();
    }

    @Test
    void aFloodTaggedWithARemovedOwnAddressIsNotReturned() {
        Grasp left = world.start();
        Asa source = asa(left, EX1);
        asa(world.start(), EX3);
        Asa other = world.awaitOne(left.registerAsa("other"));
        Locator here = world.await(other.discover(EX1, DiscoverOptions.knownOnly()))
                .get(0)
                .locator();
        Locator tag = new Locator.Ipv6((Inet6Address) ((Locator.Ipv6) here).address(), Locator.TCP, 4711);
        world.await(source.flood(List.of(new TaggedObjective(EX1.withValue(1), tag)), LONG));
        world.await(source.flood(EX1.withValue(2), LONG));
        assertThat(world.await(other.getFlood("EX1"))).hasSize(2);
        world.renumber(left);
        eventually(
                "the stale one to be gone",
                left,
                () -> world.await(other.getFlood("EX1")).size() == 1);
    }
}
