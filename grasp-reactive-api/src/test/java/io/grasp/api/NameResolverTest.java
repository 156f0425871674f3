package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNode;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The handling of locators that are names or URIs. */
class NameResolverTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    private final SimWorld world = new SimWorld(LinkKind.DATAGRAM);
    private final Asa customer = asa(world.start());
    private final Asa banker = asa(world.start());
    private final SimNode bank = world.network.nodes().get(1);

    private Asa asa(Grasp node) {
        Asa asa = world.awaitOne(node.registerAsa("asa"));
        world.await(asa.register(EX3));
        return asa;
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Collected<NegotiationOutcome> negotiate(Locator locator) {
        return world.collect(customer.negotiate(
                EX3.withValue(1), AsaLocator.of(locator), offers -> offers.map(offer -> Move.accept())));
    }

    private void assertInvalid(Locator locator, String why) {
        assertThat(negotiate(locator).awaitFailure())
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.INVALID_LOCATOR))
                .hasMessageContaining(why);
    }

    @Test
    void aNameIsConnectedToIfAllowed() {
        Collected<NegotiationOutcome> deals = world.collect(banker.listenNegotiate(EX3)
                .flatMap(taken -> taken.converse(offers -> offers.map(offer -> Move.accept()))));
        Locator name = new Locator.Fqdn("bank.example", Locator.TCP, bank.port());
        assertInvalid(name, "the operator has not permitted resolving names");
        world.network.name("bank.example", bank.addresses().get(0));
        assertThat(negotiate(name).awaitEnd()).singleElement().isInstanceOf(NegotiationOutcome.Accepted.class);
        assertInvalid(new Locator.Fqdn("nobody.example", Locator.TCP, bank.port()), "there is no host nobody.example");
        deals.cancel();
    }

    @Test
    void aNameOfThisNodeIsNotUsedAsAPeer() {
        SimNode self = world.network.nodes().get(0);
        world.network.name("self.example", self.addresses().get(0));
        assertInvalid(
                new Locator.Fqdn("self.example", Locator.TCP, self.port()), "no address that is valid beyond one link");
    }

    @Test
    void anAddressInANameLocatorIsConnectedTo() {
        Collected<NegotiationOutcome> deals = world.collect(banker.listenNegotiate(EX3)
                .flatMap(taken -> taken.converse(offers -> offers.map(offer -> Move.accept()))));
        Locator address = new Locator.Fqdn(
                bank.addresses().get(0).getHostAddress().replaceAll("%.*", ""), Locator.TCP, bank.port());
        assertInvalid(address, "the operator has not permitted resolving names");
        world.network.name("bank.example", bank.addresses().get(0));
        assertThat(negotiate(address).awaitEnd()).singleElement().isInstanceOf(NegotiationOutcome.Accepted.class);
        deals.cancel();
    }

    @Test
    @Proves("8991-2.3.5-4")
    void eachDiscoveredAddressAndNameCanBeConnectedTo() throws UnknownHostException {
        InetAddress ipv4 = InetAddress.getByName("192.0.2.1");
        InetAddress other = InetAddress.getByName("192.0.2.2");
        world.loop.run(() -> bank.addAddress(ipv4));
        world.loop.run(() -> world.network.nodes().get(0).addAddress(other));
        world.network.name("bank.example", bank.addresses().get(0));
        List<Locator> places = List.of(
                new Locator.Ipv6((Inet6Address) bank.addresses().get(0), Locator.TCP, bank.port()),
                new Locator.Ipv4((Inet4Address) ipv4, Locator.TCP, bank.port()),
                new Locator.Fqdn("bank.example", Locator.TCP, bank.port()));
        world.await(banker.deregister("EX3"));
        world.await(banker.register(EX3, RegistrationOptions.DEFAULTS.withLocators(places)));
        Collected<Negotiation> accepting =
                world.collect(banker.listenNegotiate(EX3).flatMap(Negotiation::accept));

        List<AsaLocator> found = world.await(customer.discover(EX3, Duration.ofSeconds(1)));
        assertThat(found).extracting(AsaLocator::locator).containsExactlyElementsOf(places);
        for (AsaLocator peer : found) {
            assertThat(world.awaitOne(customer.requestNegotiate(EX3.withValue(1), peer))
                            .outcome())
                    .as(peer.toString())
                    .containsInstanceOf(NegotiationOutcome.Accepted.class);
        }
        accepting.cancel();
    }

    @Test
    void aUriIsReturnedAndNotConnectedTo() {
        Locator uri = Locator.uri("https://bank.example/grasp");
        world.await(banker.register(
                Objective.discoverable("EX4"),
                RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(uri))));
        assertThat(world.await(customer.discover(Objective.discoverable("EX4"), Duration.ofSeconds(1))))
                .singleElement()
                .satisfies(found -> assertThat(found.locator()).isEqualTo(uri));
        assertInvalid(uri, "is a URI");
    }
}
