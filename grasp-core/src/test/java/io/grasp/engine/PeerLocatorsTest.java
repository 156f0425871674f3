package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A locator that leads to this node or to no peer is dropped on receipt, on each path; usable locators next to it are
 * used.
 */
class PeerLocatorsTest extends TwoLinkFixture {
    private static final Locator GOOD = UnusableLocators.at("fd12::1", Locator.TCP, 7000);

    private final List<Locator> unusable = new ArrayList<>(UnusableLocators.all());

    private Locator own() {
        return here(node).locator();
    }

    private List<Locator> ownInEachKind() {
        return UnusableLocators.inEachKind("fd00::1", node.port());
    }

    private Locator ownOn(String address) {
        return UnusableLocators.at(address, Locator.TCP, node.port());
    }

    private static List<GraspOption> options(List<Locator> locators) {
        return locators.stream()
                .<GraspOption>map(GraspOption.LocatorOption::new)
                .toList();
    }

    private static List<Locator> locators(List<AsaLocator> found) {
        return found.stream().map(AsaLocator::locator).toList();
    }

    private Response response(Discovery asked, List<GraspOption> options) {
        return new Response(asked.session(), asked.initiator(), 60_000, options, null);
    }

    private void answerADiscovery(Finding finding, List<GraspOption> options) {
        answerADiscovery(peer, finding, options);
    }

    private void answerADiscovery(ScriptedPeer by, Finding finding, List<GraspOption> options) {
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(peer.multicasts.size() - 1);
        by.connect(node).send(response(asked, options));
        moment();
    }

    private List<Locator> kept() {
        Finding known = new Finding();
        loop.run(() -> asa.discoverKnown(EX3, known));
        return locators(known.found);
    }

    @Test
    void aLocatorOfAResponderIsAcceptedIfAPeerCanBeAtIt() {
        unusable.addAll(ownInEachKind());
        List<Locator> all = new ArrayList<>(unusable);
        all.add(GOOD);
        all.addAll(UnusableLocators.good());
        Finding finding = new Finding();
        // Some limits are lower than their number: in several messages.
        for (int i = 0; i < all.size(); i += 10) {
            answerADiscovery(finding, options(all.subList(i, Math.min(i + 10, all.size()))));
            loop.advance(Duration.ofSeconds(1));
        }

        assertThat(locators(finding.found))
                .doesNotContainAnyElementsOf(unusable)
                .contains(GOOD);
        assertThat(new java.util.HashSet<>(locators(finding.found))).containsAll(UnusableLocators.good());
        assertThat(kept()).doesNotContainAnyElementsOf(unusable);
        assertThat(drops).containsEntry(DropReason.UNUSABLE_LOCATOR, unusable.size());
    }

    @Test
    void aLocatorOfADivertIsAcceptedIfAPeerCanBeAtIt() {
        unusable.addAll(ownInEachKind());
        List<Locator> all = new ArrayList<>(unusable);
        all.add(GOOD);
        Finding finding = new Finding();
        answerADiscovery(finding, List.of(new GraspOption.Divert(all)));

        assertThat(locators(finding.found)).containsExactly(GOOD);
        assertThat(kept()).containsExactly(GOOD);
        assertThat(drops).containsEntry(DropReason.UNUSABLE_LOCATOR, unusable.size());
        loop.advance(Duration.ofSeconds(1));
    }

    @Test
    void aRelayedLocatorIsPassedOnAndCachedIfAPeerCanBeAtIt() {
        SessionId id = new SessionId(4711);
        Discovery discovery = new Discovery(id, peer.node.addresses().get(0), EX3.withLoopCount(6));
        loop.run(() -> asa.deregister(EX3.name()));
        peer.multicast(discovery);
        moment();
        List<GraspOption> options = new ArrayList<>(options(unusable.subList(0, 20)));
        List<Locator> diverted = new ArrayList<>(unusable);
        diverted.add(GOOD);
        options.add(new GraspOption.Divert(diverted));
        beyond.reply(response(discovery, options));
        moment();

        assertThat(peer.accepted)
                .singleElement()
                .satisfies(wire -> assertThat(wire.received)
                        .containsExactly(response(discovery, List.of(new GraspOption.Divert(List.of(GOOD))))));
        assertThat(kept()).containsExactly(GOOD);
        assertThat(drops).containsEntry(DropReason.UNUSABLE_LOCATOR, 20 + unusable.size());
        loop.advance(Duration.ofSeconds(1));
    }

    @Test
    void aFloodedLocatorIsAcceptedIfAPeerCanBeAtIt() {
        unusable.addAll(ownInEachKind());
        List<TaggedObjective> objectives = new ArrayList<>();
        for (Locator locator : unusable) {
            objectives.add(new TaggedObjective(EX2.withValue(1), locator));
        }
        objectives.add(new TaggedObjective(EX2.withValue(2), GOOD));
        objectives.add(new TaggedObjective(EX2.withValue(3), null));
        List<FloodedObjective> watched = new ArrayList<>();
        loop.run(() -> asa.watchFloods("EX2", new FloodEvents() {
            @Override
            public void flooded(FloodedObjective flooded, TrafficSource source) {
                watched.add(flooded);
            }

            @Override
            public void stopped() {}
        }));
        // Some limits are lower than their number: in several messages.
        for (int i = 0; i < objectives.size(); i += 10) {
            List<TaggedObjective> some = objectives.subList(i, Math.min(i + 10, objectives.size()));
            peer.multicast(new Flood(new SessionId(1 + i), peer.node.addresses().get(0), 60_000, some));
        }
        moment();

        assertThat(watched).extracting(FloodedObjective::locator).containsExactly(GOOD, null);
        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .extracting(FloodedObjective::locator)
                .containsExactly(GOOD, null);
        assertThat(drops).containsEntry(DropReason.UNUSABLE_LOCATOR, unusable.size());
    }

    @Test
    void aLoopbackAddressFromAPeerIsNotConnectedTo() {
        Synchronized outcome = new Synchronized();
        Finding finding = new Finding();
        answerADiscovery(
                finding, options(List.of(UnusableLocators.at("::1", Locator.TCP, 9999)))); // 84186750...000106 19270f
        loop.run(() -> asa.synchronizeRapidly(EX2, Duration.ofMillis(500), outcome, () -> {
            throw new AssertionError("no peer has been found");
        }));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(peer.multicasts.size() - 1);
        peer.connect(node)
                .send(HexFormat.of()
                        .parseHex("85021a"
                                + String.format("%08x", asked.session().value()) + "50"
                                + HexFormat.of().formatHex(asked.initiator().getAddress()) + "1a0000ea60"
                                + "84186750000000000000000000000000000000010619270f"));
        loop.advance(Duration.ofSeconds(1));

        assertThat(finding.found).isEmpty();
        assertThat(outcome.failure).isNotNull();
        assertThat(drops).containsEntry(DropReason.UNUSABLE_LOCATOR, 2);
    }

    @Test
    void aLinkLocalLocatorOnAConnectionThatShowsNoLinkIsDropped() {
        Finding finding = new Finding();
        List<Locator> all = new ArrayList<>(UnusableLocators.inEachKind("fe80::77", 443));
        int unusable = all.size();
        all.add(GOOD);
        answerADiscovery(newPeerBeyond(lan), finding, options(all));

        assertThat(locators(finding.found)).containsExactly(GOOD);
        assertThat(kept()).containsExactly(GOOD);
        assertThat(drops).containsEntry(DropReason.UNUSABLE_LOCATOR, unusable);
        loop.advance(Duration.ofSeconds(1));
    }

    @Test
    void anOwnAddressWithAnotherPortIsAnotherPeer() {
        Locator beside = UnusableLocators.at("fd00::1", Locator.TCP, node.port() + 1);
        InetAddress linkLocal = loop.call(() -> engine.links().get(0).linkLocalAddress());
        Locator linkLocalBeside = UnusableLocators.at(linkLocal.getHostAddress().replaceAll("%.*", ""), 6, 1);
        Locator ours = ownOn(linkLocal.getHostAddress().replaceAll("%.*", ""));
        Finding finding = new Finding();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(0);
        peer.reply(response(asked, options(List.of(beside, linkLocalBeside, ours, own()))));
        moment();

        assertThat(own()).isEqualTo(ownOn("fd00::1"));
        assertThat(locators(finding.found)).containsExactly(beside, linkLocalBeside);
        loop.advance(Duration.ofSeconds(1));
    }

    @Test
    void aNeighborOnAnotherLinkMayHaveTheNodesOwnLinkLocalAddressAndPort() {
        InetAddress onOther = loop.call(() -> engine.links().get(1).linkLocalAddress());
        Locator theirs = ownOn(onOther.getHostAddress().replaceAll("%.*", ""));
        Finding finding = new Finding();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(0);
        peer.reply(response(asked, options(List.of(theirs))));
        moment();

        assertThat(finding.found).singleElement().satisfies(found -> {
            assertThat(found.locator()).isEqualTo(theirs);
            assertThat(found.link()).isEqualTo("lan");
        });
        loop.advance(Duration.ofSeconds(1));
    }
}
