package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.inspection.DropCount;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.PageRequest;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.AddressInfo;
import io.grasp.model.AddressInfo.Use;
import io.grasp.model.AsaLocator;
import io.grasp.model.IdentityStatus;
import io.grasp.model.InterfaceInfo.State;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator sees of nodes on the links of real substrates. */
class RealLinksInspectionTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX3 = Objective.negotiable("EX3");

    @ParameterizedTest
    @EnumSource(names = {"NETTY", "OVERLAY", "ACP"})
    void linksNeighborsAndSessionsAreShown(TestSubstrate substrate) {
        substrate.require();
        try (World world = substrate.open()) {
            Grasp here = world.start();
            Grasp there = world.start();
            Asa bank = GraspContractTest.asa(world, there, "bank", EX1, EX3);
            Collected<Negotiation> requests = world.collect(bank.listenNegotiate(EX3));
            Asa buyer = GraspContractTest.asa(world, here, "buyer", EX3);
            world.await(bank.flood(EX1.withValue(1), Duration.ofMinutes(1)));
            AsaLocator place = world.awaitOne(
                    buyer.discover(EX3, world.moment().multipliedBy(20)).next());
            Collected<Negotiation> begun =
                    world.collect(buyer.requestNegotiate(EX3.withValue(1), RequestOptions.to(place)));
            requests.awaitValues(1);
            Inspection inspection = here.inspection();

            NodeStatus status = world.awaitOne(inspection.status());
            assertThat(status.substrate()).isEqualTo(substrate.name().toLowerCase(Locale.ROOT));
            Map<String, LinkEntry> links = new HashMap<>();
            world.await(Inspection.all(PageRequest.FIRST, inspection::links))
                    .forEach(each -> links.put(each.name(), each));
            world.awaitOne(here.links()).forEach(up -> {
                LinkEntry link = links.get(up.name());
                assertThat(link.state()).isEqualTo(State.UP);
                assertThat(link.link()).contains(up);
                assertThat(link.addresses())
                        .filteredOn(address -> address.use() == Use.LINK)
                        .extracting(AddressInfo::address)
                        .containsExactly(up.linkLocalAddress());
            });
            switch (substrate) {
                case NETTY -> isNetty(links, place);
                case OVERLAY ->
                    assertThat(links.values())
                            .singleElement()
                            .satisfies(
                                    link -> assertThat(link.detail()).startsWith("TLS with +node1@example.com at ["));
                default ->
                    assertThat(links.values())
                            .anySatisfy(link ->
                                    assertThat(link.detail()).contains("fe80:").contains(" connected"));
            }

            List<NeighborEntry> neighbors = world.await(Inspection.all(PageRequest.FIRST, inspection::neighbors));
            assertThat(neighbors)
                    .anySatisfy(neighbor ->
                            assertThat(neighbor.identity().isPresent()).isEqualTo(substrate == TestSubstrate.OVERLAY));
            SessionEntry session = world.await(Inspection.all(PageRequest.FIRST, inspection::sessions))
                    .get(0);
            assertThat(session.state()).isEqualTo(SessionEntry.State.REQUESTED);
            assertThat(session.peer().orElseThrow().identity().isPresent()).isEqualTo(substrate != TestSubstrate.NETTY);
            assertThat(world.awaitOne(there.inspection().limits()))
                    .extracting(LimitUse::setting)
                    .anyMatch(setting -> setting.startsWith("NettyConfig.")
                            || setting.startsWith("OverlayConfig.")
                            || setting.startsWith("AcpConfig."));
            assertThat(world.awaitOne(inspection.drops()))
                    .extracting(DropCount::count)
                    .allMatch(count -> count > 0);
            begun.cancel();
            requests.cancel();
        }
    }

    @Test
    void theIdentityIsShownAndReloaded() {
        TestSubstrate.ACP.require();
        try (World world = TestSubstrate.ACP.open()) {
            Grasp node = world.awaitOne(Grasp.start(world.settings()));
            IdentityStatus status = world.awaitOne(node.maintenance().reloadIdentity());

            assertThat(status.good()).isTrue();
            NodeStatus shown = world.awaitOne(node.inspection().status());
            assertThat(shown.identity()).contains(status);
            assertThat(shown.findings()).isEmpty();
            world.end(node);
        }
    }

    private static void isNetty(Map<String, LinkEntry> links, AsaLocator place) {
        assertThat(links.get("lo").state()).isEqualTo(State.NOT_CHOSEN);
        assertThat(links.get("lo").detail()).isEqualTo("interface lo is not one of the links that were chosen");
        assertThat(links.get("lo").link()).isEmpty();
        assertThat(links.values())
                .filteredOn(link -> link.state() == State.UP)
                .singleElement()
                .satisfies(link -> assertThat(link.detail()).startsWith("neighbors know this node by fe80:"));
        assertThat(links.values().stream().flatMap(link -> link.addresses().stream()))
                .anySatisfy(address -> {
                    assertThat(address.address()).isEqualTo(place.locator().address());
                    assertThat(address.use()).isEqualTo(Use.LOCATOR);
                });
    }
}
