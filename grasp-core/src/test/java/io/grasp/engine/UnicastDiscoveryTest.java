package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.Proves;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.EngineLoad;
import io.grasp.substrate.Link;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.sim.SimLink;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A discovery that asks one node over a connection (RFC 8990 section 2.5.4.2) is answered like a multicast one. */
class UnicastDiscoveryTest extends TwoLinkFixture {
    private static final SessionId ID = new SessionId(4711);
    private static final Objective FAR = Objective.discoverable("EX5");

    private InetAddress initiator() {
        return peer.node.addresses().get(0);
    }

    private ScriptedPeer.Wire ask(long id, Objective objective) {
        return ask(peer, id, objective);
    }

    private ScriptedPeer.Wire ask(ScriptedPeer by, long id, Objective objective) {
        ScriptedPeer.Wire wire = by.connect(node);
        wire.send(new Discovery(new SessionId(id), initiator(), objective));
        moment();
        return wire;
    }

    private static Response direct(SessionId id, InetAddress initiator, Locator locator) {
        return new Response(id, initiator, 60_000, List.of(new GraspOption.LocatorOption(locator)), null);
    }

    @Test
    @Proves({"8990-2.5.4.2-2", "8990-2.8.4-12", "8990-2.8.5-5"})
    void aSupportedObjectiveIsAnsweredOnTheSameConnection() {
        listen();
        ScriptedPeer.Wire wire = ask(4711, EX3);

        assertThat(wire.received)
                .containsExactly(direct(ID, initiator(), here(node).locator()));
        assertThat(wire.inputEnded).as("closed after the response").isTrue();
        assertThat(peer.accepted).as("no connection back").isEmpty();
        assertThat(beyond.heard).as("not relayed either").isEmpty();
    }

    @Test
    @Proves({"8990-2.5.4.2-2", "8990-2.5.4.4-11", "8990-2.8.4-12", "8990-2.8.5-5"})
    void anUnknownObjectiveIsRelayedAndTheResponsePassedBackOnTheSameConnection() {
        prefixOn(lan, peer, "fd0a::", 64);
        ScriptedPeer.Wire wire = ask(4711, FAR);
        Discovery relayed = (Discovery) ScriptedPeer.decode(beyond.heard.get(0));
        assertThat(relayed.session()).isEqualTo(ID);
        assertThat(relayed.initiator()).isEqualTo(initiator());
        assertThat(relayed.objective().loopCount()).isEqualTo(FAR.loopCount() - 1);
        assertThat(peer.heard).as("not on the link of the peer that asks").isEmpty();
        assertThat(wire.received).isEmpty();

        Response response = direct(ID, initiator(), here(beyond.node).locator());
        beyond.reply(response);
        moment();
        assertThat(wire.received).containsExactly(response);
        assertThat(peer.accepted).as("no connection back").isEmpty();
        assertThat(wire.inputEnded).as("others may respond too").isFalse();
        loop.advance(Duration.ofMillis(500)); // 100 for each remaining hop
        assertThat(wire.inputEnded).as("no more responses are passed on").isTrue();
    }

    @Test
    @Proves("8990-2.8.5-5")
    void theLastRelayedDiscoveryOfAConnectionClosesIt() {
        ScriptedPeer.Wire wire = ask(1, FAR);
        loop.advance(Duration.ofMillis(200));
        wire.send(new Discovery(new SessionId(2), initiator(), Objective.discoverable("EX6")));
        loop.advance(Duration.ofMillis(350)); // the first one has ended
        assertThat(wire.inputEnded).isFalse();
        Response response =
                direct(new SessionId(2), initiator(), here(beyond.node).locator());
        beyond.reply(response);
        moment();
        assertThat(wire.received).containsExactly(response);
        loop.advance(Duration.ofMillis(150));
        assertThat(wire.inputEnded).isTrue();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Proves("8990-2.8.3-1")
    void aResponseOf2048BytesIsAccepted(boolean onSameConnection) {
        Finding finding = new Finding();
        loop.run(() -> {
            if (onSameConnection) {
                asa.discoverAt(FAR, here(peer.node), Duration.ofSeconds(1), finding);
            } else {
                asa.discover(FAR, Duration.ofSeconds(1), finding);
            }
        });
        moment();
        Discovery asked = (Discovery) sent.get(0);
        ScriptedPeer.Wire wire = onSameConnection ? peer.accepted.get(0) : peer.connect(node);
        byte[] longest = MessageEncoder.encode(named(asked, 2048));
        assertThat(longest).hasSize(2048);
        wire.send(longest);
        moment();

        assertThat(finding.found).hasSize(26);
        loop.advance(Duration.ofSeconds(1));
    }

    /** {@return a response with 26 names and this number of bytes} */
    private static Response named(Discovery asked, int bytes) {
        String padding = "x".repeat(55);
        for (int length = 1; ; length++) {
            List<GraspOption> names = new ArrayList<>();
            for (int i = 0; i < 26; i++) {
                String name = (char) ('a' + i) + padding + (i == 0 ? "." + "y".repeat(length) : "");
                names.add(new GraspOption.LocatorOption(new Locator.Fqdn(name + ".example.org", Locator.TCP, 443)));
            }
            Response response = new Response(asked.session(), asked.initiator(), 60_000, names, null);
            if (MessageEncoder.encode(response).length >= bytes) {
                return response;
            }
        }
    }

    /** So that the test does not wait for more than the peer can send. */
    @Test
    void theRelayedDiscoveryEndsWithItsConnection() {
        Finding finding = new Finding();
        loop.run(() -> asa.discoverAt(FAR, here(peer.node), Duration.ofHours(1), finding));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        Discovery asked = (Discovery) wire.received.get(0);
        wire.send(direct(asked.session(), asked.initiator(), here(peer.node).locator()));
        wire.close();
        moment();
        assertThat(finding.found).hasSize(1);
        assertThat(finding.completed).isTrue();
    }

    /** It may be on any link, or on none: RFC 8990 section 2.5.4.4 excludes only its own link. */
    @Test
    void theDiscoveryOfAPeerOnAnUnknownLinkIsRelayedOnAllLinks() {
        learnFromBeyond();
        ask(newPeerBeyond(lan), 4711, FAR);

        assertThat(peer.heard).hasSize(1);
        assertThat(beyond.heard).as("although it is known on that link").hasSize(1);
    }

    @Test
    @Proves("8990-2.5.4.3-3")
    void aLocatorIsNotDivertedToAPeerThatMayBeOnTheLinkItWasLearnedOn() {
        learnFromBeyond();
        ScriptedPeer.Wire unknown = beyond.connect(node);
        unknown.send(new Discovery(ID, beyond.node.addresses().get(0), FAR));
        moment();
        assertThat(unknown.received).as("a peer that may be on that link").isEmpty();

        prefixOn(other, beyond, "fd0b::", 64);
        peer.heard.clear();
        beyond.heard.clear();
        ScriptedPeer.Wire wire = beyond.connect(node);
        wire.send(new Discovery(new SessionId(4712), beyond.node.addresses().get(0), FAR));
        moment();
        assertThat(wire.received).as("a peer on that link").isEmpty();
        assertThat(beyond.heard).isEmpty();
        assertThat(peer.heard).as("but it is relayed to others").hasSize(1);
    }

    @Test
    void anAsaOfThisNodeGetsAllCachedLocators() {
        learnFromBeyond();
        Finding finding = new Finding();
        loop.run(() -> asa.discoverAt(FAR, here(node), Duration.ofSeconds(1), finding));
        moment();
        assertThat(finding.found)
                .extracting(AsaLocator::locator)
                .containsExactly(here(beyond.node).locator());
        assertThat(beyond.heard).isEmpty();
        loop.advance(Duration.ofSeconds(1));
    }

    /** The node has an address on a link, and the peer there one with the same prefix. */
    private void prefixOn(SimLink link, ScriptedPeer there, String prefix, int length) {
        int index = engine.links().stream()
                .filter(each -> each.name().equals(link.name()))
                .findFirst()
                .orElseThrow()
                .index();
        node.addAddress(new NodeAddress(UnusableLocators.address(prefix + "1"), index, length, false, false));
        there.node.renumber(there.node.addresses().get(0), UnusableLocators.address(prefix + "2"));
    }

    private void learnFromBeyond() {
        Finding finding = new Finding();
        loop.run(() -> asa.discover(FAR, Duration.ofSeconds(1), finding));
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(beyond.heard.get(0));
        beyond.reply(
                direct(asked.session(), asked.initiator(), here(beyond.node).locator()));
        loop.advance(Duration.ofSeconds(1));
        assertThat(finding.found).hasSize(1);
        peer.heard.clear();
        beyond.heard.clear();
    }

    @Test
    @Proves({
        "8990-2.5.4.2-2",
        "8990-2.5.4.3-2",
        "8990-2.5.4.3-11",
        "8990-2.8.4-12",
        "8990-2.8.5-2",
        "8990-2.8.5-3",
        "8990-2.8.5-5",
        "8990-2.8.5-7"
    })
    void aCachedObjectiveIsAnsweredByADivertOnTheSameConnection() {
        prefixOn(lan, peer, "fd0a::", 64);
        learnFromBeyond();

        ask(4710, FAR);
        assertThat(beyond.heard).as("the first is relayed, too").hasSize(1);
        beyond.heard.clear();
        ScriptedPeer.Wire wire = ask(4711, FAR);
        assertThat(wire.received).singleElement().isInstanceOfSatisfying(Response.class, response -> {
            assertThat(response.session()).isEqualTo(ID);
            assertThat(response.initiator()).isEqualTo(initiator());
            assertThat(response.ttlMillis()).isBetween(58_000L, 60_000L);
            assertThat(response.options())
                    .containsExactly(
                            new GraspOption.Divert(List.of(here(beyond.node).locator())));
        });
        assertThat(wire.inputEnded).as("closed after the response").isTrue();
        assertThat(peer.accepted).as("no connection back").isEmpty();
        assertThat(beyond.heard).as("not relayed either").isEmpty();
    }

    @Test
    @Proves({"8990-2.5.4.2-1", "8990-2.8.4-11"})
    void aUnicastDiscoveryTakesItsResponseFromTheSameConnection() {
        Finding finding = new Finding();
        loop.run(() -> asa.discoverAt(FAR, here(peer.node), Duration.ofSeconds(1), finding));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        Discovery asked = (Discovery) wire.received.get(0);
        assertThat(asked.objective().name()).isEqualTo(FAR.name());
        assertThat(peer.heard).as("nothing was multicast").isEmpty();
        assertThat(beyond.heard).isEmpty();

        wire.send(direct(asked.session(), asked.initiator(), here(peer.node).locator()));
        moment();
        assertThat(finding.found)
                .extracting(AsaLocator::locator)
                .containsExactly(here(peer.node).locator());
        loop.advance(Duration.ofSeconds(1));
        assertThat(finding.completed).isTrue();
    }

    @Test
    @Proves("8990-2.5.4.3-9")
    void theResponseOfOnePeerIsCachedWithThePeersLink() {
        Link link = engine.links().get(1);
        AsaLocator there = new AsaLocator(here(beyond.node).locator(), link.name(), link.index(), false, TIMEOUT);
        loop.run(() -> asa.discoverAt(FAR, there, Duration.ofSeconds(1), new Finding()));
        moment();
        ScriptedPeer.Wire wire = beyond.accepted.get(0);
        Discovery asked = (Discovery) wire.received.get(0);
        wire.send(direct(asked.session(), asked.initiator(), there.locator()));
        loop.advance(Duration.ofSeconds(2));

        Finding cached = new Finding();
        loop.run(() -> asa.discoverKnown(FAR, cached));
        assertThat(cached.found)
                .extracting(AsaLocator::locator, AsaLocator::link, AsaLocator::linkIndex)
                .containsExactly(tuple(there.locator(), link.name(), link.index()));
    }

    private static final class Failing implements DiscoveryEvents {
        private @Nullable GraspException failure;

        @Override
        public void found(AsaLocator locator) {
            throw new AssertionError(locator);
        }

        @Override
        public void completed() {
            throw new AssertionError("completed");
        }

        @Override
        public void failed(GraspException why) {
            failure = why;
        }
    }

    /** Callers decide by this whether they can safely try another peer. */
    @Test
    void aPeerThatCannotBeConnectedToIsReportedAsUnreached() {
        Failing failing = new Failing();
        AsaLocator there = here(peer.node);
        AsaLocator nowhere = new AsaLocator(
                Locator.of(peer.node.addresses().get(0), Locator.TCP, 9),
                there.link(),
                there.linkIndex(),
                false,
                TIMEOUT);
        loop.run(() -> asa.discoverAt(FAR, nowhere, Duration.ofSeconds(1), failing));
        moment();
        assertThat(failing.failure).isNotNull().hasCauseInstanceOf(IOException.class);
        assertThat(failing.failure.code()).isEqualTo(GraspErrorCode.NO_DISCOVERY_REPLY);
        assertThat(failing.failure.isUnreached()).isTrue();
    }

    @Test
    void aConnectionThatBreaksIsReportedAsBroken() {
        Failing failing = new Failing();
        loop.run(() -> asa.discoverAt(FAR, here(peer.node), Duration.ofSeconds(1), failing));
        moment();
        peer.accepted.get(0).abort();
        moment();
        assertThat(failing.failure).hasMessageContaining("the connection broke").hasCauseInstanceOf(IOException.class);
        assertThat(failing.failure.isUnreached()).isFalse();
    }

    @Test
    void anUnreadableAnswerIsReportedWithItsCause() {
        Failing failing = new Failing();
        loop.run(() -> asa.discoverAt(FAR, here(peer.node), Duration.ofSeconds(1), failing));
        moment();
        peer.accepted.get(0).send(new byte[] {0x18});
        peer.accepted.get(0).send(new byte[] {0x01});
        moment();
        assertThat(failing.failure).hasCauseInstanceOf(MalformedMessageException.class);
        assertThat(failing.failure.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
    }
}
