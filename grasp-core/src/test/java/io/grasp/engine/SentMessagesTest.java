package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The content of the messages that an engine sends, as received by a scripted peer. */
class SentMessagesTest extends TwoLinkFixture {
    private static final SessionId ID = new SessionId(4711);

    private void flood(Objective objective) {
        loop.run(() -> asa.flood(List.of(TaggedObjective.untagged(objective)), TIMEOUT, failure -> {}));
        moment();
    }

    @Test
    @Proves({
        "8990-2.5.6.2-2",
        "8990-2.8.4-5",
        "8990-2.8.4-6",
        "8990-2.8.6-5",
        "8990-2.8.11-4",
        "8990-2.10.3-9",
        "8991-2.3.5-2"
    })
    void theDefaultLoopCountIsSix() {
        for (int loopCount : new int[] {6, 1, 200}) {
            Objective ex2 = loopCount == 6 ? EX2 : EX2.withLoopCount(loopCount);
            Objective ex3 = loopCount == 6 ? EX3 : EX3.withLoopCount(loopCount);
            sent.clear();
            loop.run(() -> asa.discover(ex3, Duration.ofMillis(10), new Finding()));
            flood(ex2.withValue(1));
            request(ex3.withValue(1));
            loop.run(events.session::cancel);
            loop.run(() -> asa.synchronize(ex2, here(peer.node), Duration.ofMillis(10), new Synchronized()));
            moment();

            assertThat(sent).hasSize(6).extracting(SentMessagesTest::loopCount).containsOnly(loopCount);
        }
    }

    private static int loopCount(GraspMessage message) {
        if (message instanceof Discovery discovery) {
            return discovery.objective().loopCount();
        } else if (message instanceof Flood flood) {
            return flood.objectives().get(0).objective().loopCount();
        } else if (message instanceof RequestNegotiation request) {
            return request.objective().loopCount();
        }
        return ((RequestSynchronization) message).objective().loopCount();
    }

    @Test
    @Proves({"8990-2.5.4.4-1", "8990-2.5.6.2-4"})
    void discoveriesAndFloodsGoOutOnEveryLink() {
        loop.run(() -> asa.discover(EX3, Duration.ofMillis(10), new Finding()));
        flood(EX2.withValue(1));

        assertThat(peer.heard).hasSize(2);
        assertThat(beyond.heard).usingElementComparator(Arrays::compare).isEqualTo(peer.heard);
    }

    @Test
    @Proves({"8990-2.5.5.1-2", "8990-2.10.3-7", "8990-2.10.3-10", "8990-2.10.3-11"})
    void anObjectiveWithoutAValueIsSentWithNull() {
        loop.run(() -> asa.discover(EX3.withValue(7), Duration.ofMillis(10), new Finding()));
        flood(EX2);
        ScriptedPeer.Wire wire = request(EX3);
        wire.send(new Negotiate(
                wire.received.get(0).session(), EX3.withLoopCount(5).withValue(7)));
        moment();
        loop.run(() -> events.session.step(ObjectiveValue.NONE, TIMEOUT));
        loop.run(() -> asa.synchronize(EX2, here(peer.node), Duration.ofMillis(10), new Synchronized()));
        moment();

        assertThat(peer.multicasts)
                .first()
                .isInstanceOfSatisfying(
                        Discovery.class,
                        discovery -> assertThat(discovery.objective().value()).hasToString("null"));
        assertThat(peer.multicasts)
                .last()
                .isInstanceOfSatisfying(
                        Flood.class,
                        flood -> assertThat(
                                        flood.objectives().get(0).objective().value())
                                .hasToString("null"));
        assertThat(((RequestNegotiation) wire.received.get(0)).objective().value())
                .hasToString("null");
        assertThat(((Negotiate) wire.received.get(1)).objective().value()).hasToString("null");
        assertThat(peer.accepted.get(1).received)
                .singleElement()
                .isInstanceOfSatisfying(
                        RequestSynchronization.class,
                        request -> assertThat(request.objective().value()).hasToString("null"));
    }

    /** RFC 8990 appendix A.1, except for null instead of 0, which is reserved for rapid requests. */
    @Test
    @Proves("8990-2.8.4-4")
    void aDiscoveryHasTheBytesOfTheRfcsExampleWithoutItsValue() {
        Objective ex1 = new Objective("EX1", 5, 2, ObjectiveValue.of(100));
        loop.run(() -> asa.discover(ex1, Duration.ofMillis(10), new Finding()));
        loop.run(() ->
                asa.synchronizeRapidly(ex1.withValue(ObjectiveValue.NONE), TIMEOUT, new Synchronized(), () -> {}));
        moment();

        assertThat(peer.heard)
                .extracting(SentMessagesTest::withoutItsSession)
                .containsExactly("84634558310502f6", "8463455831050200");
    }

    /** The last element of a discovery in hex. */
    private static String withoutItsSession(byte[] discovery) {
        String hex = HexFormat.of().formatHex(discovery);
        return hex.substring(hex.indexOf("84634558"));
    }

    /** Byte for byte, as another implementation reads them. */
    @Test
    @Proves({
        "8990-2.5.6.2-2",
        "8990-2.8.4-4",
        "8990-2.8.11-3",
        "8990-2.8.11-5",
        "8990-2.8.11-6",
        "8990-2.10.1-1",
        "8990-4-1"
    })
    void discoveriesAndFloodsHaveTheExpectedBytes() throws UnknownHostException {
        Locator tag = new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.TCP, 443);
        List<TaggedObjective> objectives =
                List.of(TaggedObjective.untagged(EX2.withValue(1)), new TaggedObjective(EX2.withValue("two"), tag));
        loop.run(() -> asa.discover(EX3, Duration.ofMillis(10), new Finding()));
        loop.run(() -> asa.flood(objectives, Duration.ofSeconds(1), failure -> {}));
        moment();

        Discovery discovery = (Discovery) sent.get(0);
        String initiator = "50" + HexFormat.of().formatHex(discovery.initiator().getAddress());
        assertThat(peer.heard.get(0))
                .asHexString()
                .isEqualToIgnoringCase("8401" + id(peer.heard.get(0)) + initiator + "84634558330306f6");
        assertThat(peer.heard.get(1))
                .asHexString()
                .isEqualToIgnoringCase("8609" + id(peer.heard.get(1)) + initiator + "1903e8"
                        + "828463455832050601" + "80"
                        + "82846345583205066374776f" + "84186750fd120000000000000000000000000001061901bb");
    }

    private static String id(byte[] message) {
        return String.format("1a%08x", ScriptedPeer.decode(message).session().value());
    }

    /** Complete messages: they contain no additional elements. */
    @Test
    @Proves({
        "8990-2.10.3-10",
        "8990-2.7-2",
        "8990-2.8.6-1",
        "8990-2.8.6-2",
        "8990-2.8.7-2",
        "8990-2.8.7-3",
        "8990-2.8.8-1",
        "8990-2.8.9-1",
        "8990-2.9.2-1",
        "8990-2.9.3-1",
        "8990-2.9.4-1",
        "8991-2.3.5-9"
    })
    void theMessagesOfANegotiationHaveTheExpectedElements() {
        ScriptedPeer.Wire wire = request(EX3.withValue(10));
        SessionId id = wire.received.get(0).session();
        wire.send(new Negotiate(id, EX3.withLoopCount(5).withValue(7)));
        moment();
        loop.run(() -> events.session.waitFor(Duration.ofSeconds(3)));
        moment();
        loop.run(() -> events.session.step(ObjectiveValue.of(8), TIMEOUT));
        wire.send(new Negotiate(id, EX3.withLoopCount(3).withValue(8)));
        moment();
        loop.run(events.session::accept);
        moment();
        wire.close();
        moment();

        assertThat(wire.received)
                .containsExactly(
                        new RequestNegotiation(id, EX3.withValue(10)),
                        new Wait(id, 3000),
                        new Negotiate(id, EX3.withLoopCount(4).withValue(8)),
                        new End(id, new GraspOption.Accept()));
        assertThat(events.outcome).isInstanceOf(NegotiationOutcome.Accepted.class);
    }

    @Test
    @Proves({"8990-2.5.3-4", "8990-2.5.3-5"})
    void requestsAreNotSentToUdpLocators() {
        Locator.Ipv6 tcp = (Locator.Ipv6) here(peer.node).locator();
        AsaLocator udp = AsaLocator.of(new Locator.Ipv6(tcp.address(), 17, tcp.port()));

        for (Runnable request : List.<Runnable>of(
                () -> asa.negotiate(EX3.withValue(1), udp, TIMEOUT, events),
                () -> asa.synchronize(EX2, udp, TIMEOUT, new Synchronized()),
                () -> asa.discoverAt(EX3, udp, TIMEOUT, new Finding()),
                () -> asa.ask(udp, 200, List.of(), TIMEOUT, null))) {
            assertThatThrownBy(() -> loop.run(request))
                    .isInstanceOfSatisfying(
                            GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.INVALID_LOCATOR));
        }
        assertThat(sent).isEmpty();
    }

    @Test
    @Proves("8991-2.3.4-1")
    void aNegativeMinimumTimeToLiveIsRefused() {
        assertThatThrownBy(() -> loop.run(() -> asa.forgetLocators(EX3, Duration.ofMillis(-1))))
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED))
                .hasMessageContaining("PT-0.001S");
    }

    @Test
    @Proves({"8990-2.8.6-4", "8991-2.2.4-1", "8991-2.3.2.3-2"})
    void aSynchronizationFailsAtItsTimeout() {
        Synchronized result = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        loop.advance(Duration.ofSeconds(59));
        assertThat(result.failure).isNull();
        loop.advance(Duration.ofSeconds(1));
        moment();

        assertThat(result.failure.code()).isEqualTo(GraspErrorCode.NO_SYNCH_REPLY);
        assertThat(peer.accepted.get(0).inputEnded).isTrue();
    }

    @Test
    @Proves({"8990-2.5.4.4-1", "8990-2.9.5.1-2", "8990-2.9.5.1-3", "8991-2.3.3-8"})
    void aLocalObjectiveIsFloodedWithTheAddressOfEachLink() {
        Objective local = Objective.discoverable("local");
        loop.run(() -> asa.register(
                local, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocal(true)));
        for (ScriptedPeer asking : List.of(peer, beyond)) {
            asking.multicast(new Discovery(ID, asking.node.addresses().get(0), local));
        }
        moment();

        for (ScriptedPeer asking : List.of(peer, beyond)) {
            InetAddress own = engine.links().get(asking == peer ? 0 : 1).linkLocalAddress();
            Response response = (Response) asking.accepted.get(0).received.get(0);
            assertThat(response.options())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            GraspOption.LocatorOption.class,
                            option -> assertThat(((Locator.Ipv6) option.locator())
                                            .address()
                                            .getAddress())
                                    .isEqualTo(own.getAddress()));
        }
    }

    @Test
    @Proves("8990-2.8.4-3")
    void theInitiatorIsLinkLocalWhereThereIsNoOtherAddress() {
        for (InetAddress address : List.copyOf(node.addresses())) {
            loop.run(() -> node.removeAddress(address));
        }
        loop.run(() -> asa.discover(EX3, Duration.ofMillis(10), new Finding()));
        moment();

        InetAddress initiator = ((Discovery) peer.multicasts.get(0)).initiator();
        assertThat(engine.links())
                .extracting(link -> link.linkLocalAddress().getHostAddress().split("%")[0])
                .contains(initiator.getHostAddress());
    }

    @Test
    @Proves("8990-2.8.3-1")
    void aMessageOf2048BytesIsAccepted() {
        listen();
        RequestNegotiation empty = new RequestNegotiation(ID, EX3.withValue(new byte[1000]));
        int overhead = MessageEncoder.encode(empty).length - 1000;
        byte[] longest = MessageEncoder.encode(new RequestNegotiation(ID, EX3.withValue(new byte[2048 - overhead])));
        assertThat(longest).hasSize(2048);
        peer.connect(node).send(longest);
        moment();

        assertThat(requests).hasSize(1);
    }

    // Messages that are not sent, or are bounded

    @Test
    @Proves("8990-2.3-3")
    void aPeerThatTheCallerNamesIsAskedWithoutADiscovery() {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        loop.run(events.session::cancel);
        loop.run(() -> asa.synchronize(EX2, here(peer.node), Duration.ofMillis(10), new Synchronized()));
        moment();

        assertThat(wire.received).hasSize(1);
        assertThat(sent)
                .hasExactlyElementsOfTypes(RequestNegotiation.class, RequestSynchronization.class)
                .hasSize(2);
    }

    @Test
    @Proves("8991-2.3.4-3")
    void aDiscoveryWithTimeoutZeroReturnsTheCacheAndSendsNothing() {
        Finding nothing = new Finding();
        loop.run(() -> asa.discoverKnown(EX3, nothing));
        assertThat(nothing.completed).isTrue();
        assertThat(nothing.found).isEmpty();
        moment();
        assertThat(sent).isEmpty();

        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), new Finding()));
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(0));
        peer.reply(new Response(
                asked.session(),
                asked.initiator(),
                60_000,
                List.of(new GraspOption.LocatorOption(here(peer.node).locator())),
                null));
        loop.advance(Duration.ofSeconds(1));
        sent.clear();
        Finding known = new Finding();
        loop.run(() -> asa.discoverKnown(EX3, known));
        assertThat(known.completed).isTrue();
        assertThat(known.found).hasSize(1);
        moment();
        assertThat(sent).isEmpty();
    }

    @Test
    @Proves({"8990-2.5.6.2-17", "8990-2.5.6.2-18", "8990-3-1"})
    void nothingIsSentOrRelayedWithoutSecurity() {
        loop.run(() -> node.setSecurity(Security.NONE));
        for (Runnable call : List.<Runnable>of(
                () -> asa.flood(List.of(TaggedObjective.untagged(EX2.withValue(1))), TIMEOUT, failure -> {}),
                () -> asa.discover(EX3, TIMEOUT, new Finding()),
                () -> asa.discoverAt(EX3, here(peer.node), TIMEOUT, new Finding()),
                () -> asa.negotiate(EX3.withValue(1), here(peer.node), TIMEOUT, events),
                () -> asa.synchronize(EX2, here(peer.node), TIMEOUT, new Synchronized()))) {
            assertThatThrownBy(() -> loop.run(call))
                    .isInstanceOfSatisfying(
                            GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SECURITY));
        }
        InetAddress initiator = peer.node.addresses().get(0);
        peer.multicast(new Flood(ID, initiator, 0, List.of(TaggedObjective.untagged(EX2.withValue(1)))));
        peer.multicast(new Discovery(ID, initiator, Objective.discoverable("EX5")));
        moment();

        assertThat(sent).isEmpty();
        assertThat(peer.heard).isEmpty();
        assertThat(peer.accepted).isEmpty();
        assertThat(beyond.heard).isEmpty();
        assertThat(drops).containsOnly(Map.entry(DropReason.NO_SECURITY, 2));
        loop.run(() -> node.setSecurity(Security.ASSERTED));
        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .as("not stored for later either")
                .isEmpty();
    }

    @Test
    @Proves({"8990-2.5.5.1-2", "8990-2.5.6.3-2"})
    void aValueInADiscoveryIsIgnoredWithoutRapidMode() {
        listen();
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v")));
        InetAddress initiator = peer.node.addresses().get(0);
        peer.multicast(new Discovery(new SessionId(1), initiator, EX3.withValue(7)));
        peer.multicast(new Discovery(new SessionId(2), initiator, EX2.withValue(0)));
        moment();

        assertThat(requests).isEmpty();
        assertThat(peer.accepted)
                .hasSize(2)
                .allSatisfy(wire -> assertThat(wire.received)
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Response.class,
                                response -> assertThat(response.objective()).isNull()));
    }

    @Test
    @Proves("8990-2.8.3-2")
    void aReasonForDecliningThatIsTooLongIsRefused() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        assertThatThrownBy(() -> loop.run(() -> requests.get(0).decline("no".repeat(1024))))
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED));
        moment();
        assertThat(wire.received).isEmpty();
        loop.run(() -> requests.get(0).decline("no"));
        moment();
        assertThat(wire.received).hasSize(1);
    }

    // Steps

    @Test
    @Proves({"8990-2.8.7-3", "8991-2.3.5-7"})
    void aStepDecrementsTheLoopCountReceivedLast() {
        ScriptedPeer.Wire wire = request(EX3.withLoopCount(20).withValue(1));
        SessionId id = wire.received.get(0).session();
        for (int received : new int[] {19, 10, 3}) {
            wire.send(new Negotiate(id, EX3.withLoopCount(received).withValue(2)));
            moment();
            loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
            moment();
        }

        assertThat(wire.received.subList(1, 4))
                .extracting(message -> ((Negotiate) message).objective().loopCount())
                .containsExactly(18, 9, 2);
        loop.run(events.session::cancel);
        moment();
    }

    @Test
    @Proves({"8990-2.10.2-1", "8991-2.3.5-3", "8991-2.3.5-11"})
    void aDryRunIsAnsweredAsADryRun() {
        Objective dry = EX3.withDryRun(true);
        ScriptedPeer.Wire wire = request(dry.withValue(1));
        SessionId id = wire.received.get(0).session();
        wire.send(new Negotiate(id, dry.withLoopCount(5).withValue(2)));
        moment();
        loop.run(() -> events.session.step(ObjectiveValue.of(3), TIMEOUT));
        moment();
        assertThat(wire.received)
                .containsExactly(
                        new RequestNegotiation(id, dry.withValue(1)),
                        new Negotiate(id, dry.withLoopCount(4).withValue(3)));

        wire.send(new Negotiate(id, EX3.withLoopCount(3).withValue(4)));
        moment();
        assertThat(events.offers).as("without the live offer").hasSize(1);
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_NEGOTIATE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Proves({"8990-2.10.2-1", "8991-2.3.5-3", "8991-2.3.5-11"})
    void aResponderKeepsTheDryRunFlagOfTheRequest(boolean isDryRun) {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withDryRun(isDryRun).withValue(1)));
        moment();
        for (int loopCount : new int[] {5, 3}) {
            loop.run(() -> requests.get(0).step(ObjectiveValue.of(2), TIMEOUT));
            moment();
            wire.send(new Negotiate(
                    ID, EX3.withDryRun(isDryRun).withLoopCount(loopCount - 1).withValue(3)));
            moment();
        }
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(4), TIMEOUT));
        moment();
        assertThat(wire.received)
                .hasSize(3)
                .allSatisfy(step ->
                        assertThat(((Negotiate) step).objective().isDryRun()).isEqualTo(isDryRun));

        wire.send(new Negotiate(ID, EX3.withDryRun(!isDryRun).withLoopCount(1).withValue(5)));
        moment();
        assertThat(events.offers).as("without the offer of the other mode").hasSize(2);
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_NEGOTIATE);
    }

    @Test
    @Proves("8990-2.9.2-1")
    void synchronizationMessagesHoldNoDivert() {
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v")));
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestSynchronization(ID, EX2.withValue(0)));
        loop.run(() -> asa.synchronize(EX2, here(peer.node), Duration.ofMillis(10), new Synchronized()));
        moment();

        assertThat(wire.received).containsExactly(new Synch(ID, EX2.withValue("v")));
        assertThat(peer.accepted.get(0).received)
                .singleElement()
                .isInstanceOfSatisfying(
                        RequestSynchronization.class,
                        request -> assertThat(request.extras()).isEmpty());
    }

    /** Capitals, and one letter that Unicode can write in two ways. */
    @Test
    @Proves("8990-2.10.1-7")
    void objectiveNamesAreComparedByteForByte() {
        List<String> names = List.of("caf\u00e9", "cafe\u0301", "CAF\u00c9");
        for (String name : names) {
            loop.run(() ->
                    asa.register(Objective.discoverable(name), RegistrationOptions.DEFAULTS.withDiscoverable(true)));
            for (String asked : names) {
                peer.accepted.clear();
                peer.multicast(new Discovery(
                        new SessionId(100 + names.indexOf(name) * 10 + names.indexOf(asked)),
                        peer.node.addresses().get(0),
                        Objective.discoverable(asked).withLoopCount(1)));
                moment();
                assertThat(peer.accepted).as("%s for %s", name, asked).hasSize(asked.equals(name) ? 1 : 0);
            }
            loop.run(() -> asa.deregister(name));
        }
    }
}
