package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Link;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A link-local address is valid only on its link (RFC 8990 section 2.9.5.1 note 1). */
class LinkLocalFloodsTest extends TwoLinkFixture {
    private static final Locator EVERYWHERE = UnusableLocators.at("fd12::1", Locator.TCP, 443);
    private static final Locator HERE = UnusableLocators.at("::", Locator.TCP, 443);
    private static final Locator ROUTER = UnusableLocators.at("fe80::1", Locator.TCP, 443);

    private Locator on(int link) {
        InetAddress address = loop.call(() -> engine.links().get(link).linkLocalAddress());
        return new Locator.Ipv6((Inet6Address) address, Locator.TCP, 443);
    }

    private void flood(TaggedObjective... objectives) {
        loop.run(() -> asa.flood(List.of(objectives), Duration.ofMinutes(1), failure -> {}));
        moment();
    }

    private static List<String> flooded(ScriptedPeer peer) {
        List<String> seen = new ArrayList<>();
        for (byte[] message : peer.heard) {
            for (TaggedObjective tagged : ((Flood) ScriptedPeer.decode(message)).objectives()) {
                seen.add(tagged.objective().value() + " " + tagged.locator() + " "
                        + tagged.objective().loopCount());
            }
        }
        return seen;
    }

    private List<FloodedObjective> cached() {
        return loop.call(() -> asa.getFlood("EX2"));
    }

    private List<String> cachedText() {
        return cached().stream()
                .map(each -> each.objective().value() + " " + each.locator() + " "
                        + each.objective().loopCount() + " " + each.link() + " " + each.linkIndex())
                .toList();
    }

    private Flood received(long id, int value, Locator tag, int loopCount) {
        return new Flood(
                new SessionId(id),
                peer.node.addresses().get(0),
                60_000,
                List.of(new TaggedObjective(EX2.withValue(value).withLoopCount(loopCount), tag)));
    }

    @Test
    @Proves("8990-2.9.5.1-3")
    void anExplicitLinkLocalTagIsFloodedOnItsLinkOnlyAndNotRelayed() {
        flood(new TaggedObjective(EX2.withValue(1), on(0)), new TaggedObjective(EX2.withValue(2), EVERYWHERE));

        assertThat(flooded(peer)).containsExactly("1 " + on(0) + " 1", "2 " + EVERYWHERE + " 1");
        assertThat(flooded(beyond)).containsExactly("2 " + EVERYWHERE + " 6");
        assertThat(cachedText()).containsExactly("1 " + on(0) + " 1 lan 1", "2 " + EVERYWHERE + " 6  0");
    }

    @Test
    void aFloodWithoutASuitableObjectiveForALinkIsNotSentThere() {
        flood(new TaggedObjective(EX2.withValue(1), on(1)));

        assertThat(peer.heard).isEmpty();
        assertThat(flooded(beyond)).containsExactly("1 " + on(1) + " 1");
    }

    @Test
    void aLinkLocalTagOnNoLinkIsRefused() {
        assertThatThrownBy(() -> loop.run(() -> asa.flood(
                        List.of(new TaggedObjective(EX2.withValue(1), ROUTER)), Duration.ofMinutes(1), failure -> {})))
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.INVALID_LOCATOR));
        moment();
        assertThat(peer.heard).isEmpty();
        assertThat(cached()).isEmpty();
    }

    @Test
    void theScopeOfALinkLocalTagSelectsTheLink() throws Exception {
        Inet6Address scoped = Inet6Address.getByAddress(
                null,
                UnusableLocators.address("fe80::1").getAddress(),
                loop.call(() -> engine.links().get(1).index()));
        flood(new TaggedObjective(EX2.withValue(1), new Locator.Ipv6(scoped, Locator.TCP, 443)));

        assertThat(peer.heard).isEmpty();
        assertThat(flooded(beyond)).containsExactly("1 " + ROUTER + " 1");
    }

    @Test
    @Proves("8991-2.3.6-4")
    void theOwnFloodOfEachLinkIsCachedAsItWasSent() {
        flood(new TaggedObjective(EX2.withValue(1), HERE), TaggedObjective.untagged(EX2.withValue(2)));

        assertThat(flooded(peer)).containsExactly("1 " + on(0) + " 1", "2 null 1");
        assertThat(flooded(beyond)).containsExactly("1 " + on(1) + " 1", "2 null 1");
        assertThat(cachedText()).containsExactly("1 " + on(0) + " 1 lan 1", "1 " + on(1) + " 1 other 2", "2 null 1  0");
        other.down();
        moment();
        assertThat(cachedText()).containsExactly("1 " + on(0) + " 1 lan 1", "2 null 1  0");
    }

    @Test
    @Proves("8990-2.8.11-10")
    void copiesOfAFloodFromParallelLinksAreCachedForEachLinkAndProcessedOnce() {
        List<FloodedObjective> watched = new ArrayList<>();
        loop.run(() -> asa.watchFloods("EX2", new FloodEvents() {
            @Override
            public void flooded(FloodedObjective flooded, TrafficSource source) {
                watched.add(flooded);
            }

            @Override
            public void stopped() {}
        }));
        Locator onLan = UnusableLocators.at("fe80::a", Locator.TCP, 443);
        Locator onOther = UnusableLocators.at("fe80::b", Locator.TCP, 443);
        peer.multicast(received(1, 1, onLan, 1));
        beyond.multicast(received(1, 1, onOther, 1));
        moment();
        assertThat(cachedText()).containsExactly("1 " + onLan + " 1 lan 1", "1 " + onOther + " 1 other 2");

        peer.multicast(received(1, 1, onLan, 1));
        beyond.multicast(received(1, 1, onOther, 1));
        moment();
        assertThat(watched).hasSize(2);
        assertThat(drops).containsEntry(DropReason.DUPLICATE, 2);

        loop.advance(Duration.ofSeconds(59));
        peer.multicast(received(2, 2, onLan, 1));
        beyond.multicast(received(2, 2, onOther, 1));
        loop.advance(Duration.ofSeconds(2));
        assertThat(cachedText())
                .as("renewed")
                .containsExactly("2 " + onLan + " 1 lan 1", "2 " + onOther + " 1 other 2");
    }

    @Test
    void equalLinkLocalTagsOfTwoNeighborsAreTwoEntries() {
        peer.multicast(received(1, 1, ROUTER, 1));
        beyond.multicast(received(2, 2, ROUTER, 1));
        moment();
        assertThat(cachedText()).containsExactly("1 " + ROUTER + " 1 lan 1", "2 " + ROUTER + " 1 other 2");
        assertThat(cached())
                .extracting(each -> each.asaLocator().orElseThrow().linkIndex())
                .containsExactly(1, 2);

        other.down();
        moment();
        assertThat(cachedText()).containsExactly("1 " + ROUTER + " 1 lan 1");
    }

    @Test
    void aLinkLocalTagOfOneNeighborOnTwoLinksIsTwoEntries() {
        peer.multicast(received(1, 1, ROUTER, 1));
        beyond.multicast(received(1, 1, ROUTER, 1));
        moment();

        assertThat(cachedText()).containsExactly("1 " + ROUTER + " 1 lan 1", "1 " + ROUTER + " 1 other 2");
    }

    @Test
    void aLinkLocalTagWithAHigherLoopCountOnTwoLinksIsTwoEntries() {
        peer.multicast(received(1, 1, ROUTER, 6));
        beyond.multicast(received(1, 1, ROUTER, 6));
        moment();

        assertThat(cachedText()).containsExactly("1 " + ROUTER + " 6 lan 1", "1 " + ROUTER + " 6 other 2");
    }

    @Test
    void aLinkLocalTagThatWasRelayedToAnotherLinkIsNotCached() {
        peer.multicast(received(1, 1, ROUTER, 6));
        beyond.multicast(received(1, 1, ROUTER, 5));
        moment();

        assertThat(cachedText()).containsExactly("1 " + ROUTER + " 6 lan 1");
        assertThat(drops).containsEntry(DropReason.DUPLICATE, 1);
    }

    @Test
    void aFloodedLinkLocalAddressCanBeConnectedTo() {
        Link theirs = loop.call(() -> engine.links().get(0));
        InetAddress address = UnusableLocators.address("fe80::1:2");
        assertThat(theirs.name()).isEqualTo("lan");
        Locator tag = new Locator.Ipv6((Inet6Address) address, Locator.TCP, peer.node.port());
        peer.multicast(received(1, 1, tag, 1));
        moment();
        AsaLocator where = cached().get(0).asaLocator().orElseThrow();
        loop.run(() -> asa.synchronize(EX2, where, Duration.ofSeconds(1), new Synchronized()));
        moment();

        assertThat(peer.accepted)
                .singleElement()
                .satisfies(
                        wire -> assertThat(wire.received).singleElement().isInstanceOf(RequestSynchronization.class));
        loop.advance(Duration.ofSeconds(2));
    }

    @Test
    @Proves("8990-2.9.5.1-3")
    void anExplicitLinkLocalLocatorIsGivenInResponsesOnItsLinkOnly() {
        Locator onLan = on(0);
        loop.run(() -> {
            asa.deregister("EX3");
            asa.register(
                    EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(onLan, EVERYWHERE)));
        });
        for (ScriptedPeer each : List.of(peer, beyond)) {
            each.multicast(
                    new Discovery(new SessionId(4711), each.node.addresses().get(0), EX3.withLoopCount(1)));
        }
        moment();

        assertThat(answered(peer)).containsExactly(on(0), EVERYWHERE);
        assertThat(answered(beyond)).containsExactly(EVERYWHERE);
    }

    @Test
    @Proves("8990-2.9.5.1-3")
    void aLinkLocalAddressInANameOrUriIsFloodedOnItsLinkOnly() {
        for (Locator tag : inNames(on(0))) {
            peer.heard.clear();
            flood(new TaggedObjective(EX2.withValue(1), tag));
            assertThat(flooded(peer)).containsExactly("1 " + tag + " 1");
            assertThat(beyond.heard).isEmpty();
        }
        assertThat(cached()).extracting(FloodedObjective::link).containsOnly("lan");
    }

    @Test
    void aLinkLocalAddressInANameOrUriIsNotRelayedAndIsCachedForEachLink() {
        List<String> expected = new ArrayList<>();
        int id = 1;
        for (String address : List.of("fe80::1", "169.254.1.1", "::ffff:169.254.1.1")) {
            for (Locator tag : new LinkedHashSet<>(UnusableLocators.inNames(address, 443))) {
                peer.multicast(received(id++, 1, tag, 6));
                beyond.multicast(received(id++, 2, tag, 6));
                moment();
                expected.addAll(List.of("1 " + tag + " 6 lan 1", "2 " + tag + " 6 other 2"));
            }
        }
        assertThat(cachedText()).containsExactlyElementsOf(expected);
        assertThat(peer.heard).isEmpty();
        assertThat(beyond.heard).isEmpty();
        peer.multicast(received(id, 3, new Locator.Fqdn("fd12::1", Locator.TCP, 443), 6));
        moment();
        assertThat(beyond.heard).as("an address that is valid beyond the link").hasSize(1);

        other.down();
        moment();
        assertThat(cachedText()).noneMatch(each -> each.startsWith("2 "));
    }

    @Test
    @Proves("8990-2.9.5.1-3")
    void anExplicitNameOrUriWithALinkLocalAddressIsGivenInResponsesOnItsLinkOnly() {
        List<Locator> locators = new ArrayList<>(inNames(on(0)));
        locators.add(EVERYWHERE);
        loop.run(() -> {
            asa.deregister("EX3");
            asa.register(
                    EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(locators));
        });
        for (ScriptedPeer each : List.of(peer, beyond)) {
            each.multicast(
                    new Discovery(new SessionId(4711), each.node.addresses().get(0), EX3.withLoopCount(1)));
        }
        moment();

        assertThat(answered(peer)).containsExactlyElementsOf(locators);
        assertThat(answered(beyond)).containsExactly(EVERYWHERE);
    }

    @Test
    void aLinkLocalAddressInANameOrUriOfAnotherLinkIsNotConnectedTo() {
        Locator tag = new Locator.Fqdn("fe80::1", Locator.TCP, 443);
        for (ScriptedPeer each : List.of(peer, beyond)) {
            Finding finding = new Finding();
            loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
            moment();
            Discovery asked = (Discovery) each.multicasts.get(each.multicasts.size() - 1);
            each.reply(new Response(
                    asked.session(),
                    asked.initiator(),
                    60_000,
                    List.<GraspOption>of(new GraspOption.LocatorOption(tag)),
                    null));
            loop.advance(Duration.ofSeconds(2));
        }
        Finding known = new Finding();
        loop.run(() -> asa.discoverKnown(EX3, known));
        assertThat(known.found).extracting(AsaLocator::linkIndex).containsExactly(1, 2);
    }

    @Test
    void aZoneInANameDoesNotMakeALinkLocalAddressGlobal() {
        String address = on(0).toString().replaceAll("[\\[\\]]|:443$", "");
        for (Locator tag : List.of(
                new Locator.Fqdn(address + "%lan", Locator.TCP, 443),
                new Locator.Fqdn("[" + address + "%1]", Locator.TCP, 443),
                Locator.uri("https://[" + address + "%25lan]/x"))) {
            peer.heard.clear();
            flood(new TaggedObjective(EX2.withValue(1), tag));
            assertThat(flooded(peer)).containsExactly("1 " + tag + " 1");
            assertThat(beyond.heard).isEmpty();
            beyond.multicast(received(peer.multicasts.size() + cached().size(), 2, tag, 6));
            moment();
            assertThat(peer.heard).hasSize(1);
        }
        assertThat(drops).as("it is not valid on this host").containsEntry(DropReason.UNUSABLE_LOCATOR, 3);
    }

    private static List<Locator> inNames(Locator locator) {
        return UnusableLocators.inNames(locator.toString().replaceAll("[\\[\\]]|:443$", ""), 443);
    }

    private static List<Locator> answered(ScriptedPeer peer) {
        GraspMessage response = peer.accepted.get(0).received.get(0);
        return ((Response) response)
                .options().stream()
                        .map(option -> ((GraspOption.LocatorOption) option).locator())
                        .toList();
    }
}
