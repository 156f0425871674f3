package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.negotiation.RawSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.engine.rapid.RapidEvents;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rapid mode (RFC 8990 sections 2.5.4.5, 2.5.5.1 and 2.5.6.3), with a neighbor that answers as the test requires. */
class RapidRulesTest extends EngineFixture {
    private final SimNode node = network.node("engine");
    private final ScriptedPeer peer = newPeer("peer");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final RecordingObserver observed = new RecordingObserver();
    private final List<NegotiationSession> requests = new ArrayList<>();
    private final RecordingRapidEvents events = new RecordingRapidEvents();
    private final NegotiationAcceptor acceptor = acceptor(session -> {
        session.take(events);
        requests.add(session);
    });
    private GraspEngine engine;
    private EngineAsa asa;
    private RawSession raw;
    private final List<String> items = new ArrayList<>();
    private final RawEvents rawEvents = new RawEvents() {
        @Override
        public void opened() {}

        @Override
        public void received(ObjectiveValue item) {
            items.add(item.toString());
        }

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {}
    };

    RapidRulesTest() {
        link("lan", peer.node, node);
        link("other", beyond.node, node);
    }

    @BeforeEach
    void start() {
        engine = start(EngineConfig.DEFAULTS, node, observed);
        asa = loop.call(() -> engine.registerAsa("asa"));
    }

    private void register(RapidMode mode) {
        loop.run(() -> {
            asa.register(EX3, RegistrationOptions.DEFAULTS.withRapid(mode));
            asa.register(EX2, RegistrationOptions.DEFAULTS.withRapid(mode));
        });
    }

    private void serve(Object value) {
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of(value)));
    }

    private void listen() {
        loop.run(() -> asa.listenNegotiate(EX3, acceptor).request(Long.MAX_VALUE));
    }

    private static ObjectiveValue wire(String hex) {
        byte[] item = HexFormat.of().parseHex(hex);
        return ObjectiveValue.ofItem(CborItem.wrap(item, 0, item.length));
    }

    private InetAddress initiator() {
        return peer.node.addresses().get(0);
    }

    private Discovery asking(long id, Objective objective, ObjectiveValue value) {
        return new Discovery(new SessionId(id), initiator(), objective.withValue(value));
    }

    private Discovery asking(long id, Objective objective, Object value) {
        return new Discovery(new SessionId(id), initiator(), objective.withValue(value));
    }

    private GraspMessage answer(int index) {
        return peer.accepted.get(index).received.get(0);
    }

    private Response responseTo(Discovery asked, Objective objective) {
        Locator here = new Locator.Ipv6((Inet6Address) initiator(), Locator.TCP, peer.node.port());
        return new Response(
                asked.session(), asked.initiator(), 60_000, List.of(new GraspOption.LocatorOption(here)), objective);
    }

    // As responder

    @Test
    void rapidModeIsOffByDefault() {
        register(RapidMode.OFF);
        listen();
        serve("v");
        peer.multicast(asking(1, EX3, 7));
        peer.multicast(asking(2, EX2, 0));
        moment();

        assertThat(requests).isEmpty();
        assertThat(answer(0)).isInstanceOf(Response.class);
        assertThat(answer(1)).isInstanceOf(Response.class);
    }

    @Test
    @Proves("8990-2.8.4-7")
    void aRapidRequestIsAnsweredByTheMoveOfTheAsa() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3, 7));
        moment();
        assertThat(requests).hasSize(1);
        assertThat(requests.get(0).inHand().value().as(Integer.class)).isEqualTo(7);
        assertThat(peer.accepted)
                .as("no connection is opened before there is a message to send")
                .isEmpty();

        loop.run(() -> requests.get(0).step(ObjectiveValue.of(5), TIMEOUT));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        Negotiate offer = (Negotiate) wire.received.get(0);
        assertThat(offer.session()).isEqualTo(new SessionId(1));
        assertThat(offer.objective().loopCount()).isEqualTo(5);
        wire.send(new End(offer.session(), new GraspOption.Accept()));
        moment();
        assertThat(events.outcomes).singleElement().isInstanceOf(NegotiationOutcome.Accepted.class);
        assertThat(peer.accepted).as("no additional M_RESPONSE").hasSize(1);

        peer.multicast(asking(2, EX3, 7));
        moment();
        assertThat(requests)
                .as("a peer that supports rapid mode continues with it")
                .hasSize(2);
        loop.run(() -> requests.get(1).accept());
        moment();
        assertThat(((End) answer(1)).outcome()).isInstanceOf(GraspOption.Accept.class);
    }

    @Test
    void aDiscoveryWithoutAValueIsAnsweredByAResponse() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(new Discovery(new SessionId(1), initiator(), EX3));
        moment();
        assertThat(requests).isEmpty();
        assertThat(answer(0)).isInstanceOf(Response.class);
    }

    /** graspy's ordinary discoveries carry null, bare; other encoders may write it as RFC 8949's undefined or within tag 24. */
    @ParameterizedTest
    @ValueSource(strings = {"f6", "f7", "d81841f6"})
    void aDiscoveryWithNullIsAnsweredByAResponse(String nothing) {
        ObjectiveValue value = wire(nothing);
        for (RapidMode mode : RapidMode.values()) {
            Objective negotiable = Objective.negotiable("N" + mode);
            Objective synchronizable = Objective.synchronizable("S" + mode);
            loop.run(() -> {
                asa.register(negotiable, RegistrationOptions.DEFAULTS.withRapid(mode));
                asa.register(synchronizable, RegistrationOptions.DEFAULTS.withRapid(mode));
                asa.listenNegotiate(negotiable, acceptor).request(Long.MAX_VALUE);
                asa.listenSynchronize(synchronizable, () -> {}).update(ObjectiveValue.of("v"));
            });
            peer.multicast(asking(10 + mode.ordinal(), negotiable, value));
            peer.multicast(asking(20 + mode.ordinal(), synchronizable, value));
        }
        moment();
        assertThat(requests).isEmpty();
        assertThat(peer.accepted).hasSize(6);
        assertThat(peer.accepted)
                .allSatisfy(wire -> assertThat(wire.received).singleElement().isInstanceOf(Response.class));
    }

    @Test
    void aPeerWithoutRapidModeGetsAResponseAtOnce() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3, 7));
        moment();
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(5), TIMEOUT));
        moment();
        peer.accepted.get(0).close();
        moment();
        assertThat(events.failures).hasSize(1);
        assertThat(answer(1)).isInstanceOf(Response.class);
        assertThat(answer(1).session()).isEqualTo(new SessionId(1));

        peer.multicast(asking(2, EX3, 7));
        moment();
        assertThat(requests).hasSize(1);
        assertThat(answer(2)).isInstanceOf(Response.class);
        loop.advance(Duration.ofMinutes(11));
        peer.multicast(asking(3, EX3, 7));
        moment();
        assertThat(requests).as("it is tried again eventually").hasSize(2);
    }

    @Test
    void aRefusedRapidRequestIsAnsweredByAResponse() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3, 7));
        moment();
        loop.run(() -> requests.get(0).refuse());
        moment();
        assertThat(answer(0)).isInstanceOf(Response.class);
        peer.multicast(asking(2, EX3, 7));
        moment();
        assertThat(requests)
                .as("this does not show whether the peer supports rapid mode")
                .hasSize(2);
    }

    @Test
    void aRapidRequestIsNotAnsweredAfterSecurityIsLost() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3, 7));
        moment();
        loop.run(() -> node.setSecurity(Security.NONE));
        moment();
        assertThat(events.failures)
                .singleElement()
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SECURITY));
        assertThat(peer.accepted).as("no M_RESPONSE either").isEmpty();
        assertThat(observed.drops).containsEntry(DropReason.NO_SECURITY, 1);
        loop.run(() -> node.setSecurity(Security.SECURED));
    }

    @Test
    void rapidRequestsBeyondTheBoundOfANeighborAreAnsweredByResponses() {
        register(RapidMode.SESSION);
        listen();
        int share = Limits.DEFAULTS.connectionsPerPeer();
        for (int id = 1; id <= share + 1; id++) {
            peer.multicast(asking(id, EX3, 7));
        }
        moment();
        assertThat(requests).hasSize(share);
        assertThat(peer.accepted).hasSize(1);
        assertThat(answer(0)).isInstanceOf(Response.class);
        beyond.multicast(
                new Discovery(new SessionId(share + 2), beyond.node.addresses().get(0), EX3.withValue(7)));
        moment();
        assertThat(requests).as("others have their own share").hasSize(share + 1);

        loop.run(() -> requests.get(0).refuse());
        peer.multicast(asking(share + 3, EX3, 7));
        moment();
        assertThat(requests).as("one has ended").hasSize(share + 2);
    }

    @Test
    void aRapidRequestWithAClashingSessionIdIsAnsweredByAResponse() {
        register(RapidMode.SESSION);
        listen();
        loop.run(() -> asa.discover(Objective.discoverable("EX9"), TIMEOUT, events));
        moment();
        SessionId active = ScriptedPeer.decode(peer.heard.get(0)).session();
        peer.multicast(asking(active.value(), EX3, 7));
        moment();
        assertThat(requests).isEmpty();
        assertThat(answer(0)).isInstanceOf(Response.class);
    }

    @Test
    void aRapidRequestThatArrivesOverTwoPathsIsServedOnce() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3, 7));
        beyond.multicast(asking(1, EX3, 7));
        moment();
        assertThat(requests).hasSize(1);
        assertThat(observed.foreignDrops()).containsEntry(DropReason.DUPLICATE, 1);
        assertThat(beyond.accepted).isEmpty();
    }

    @Test
    void dryRunsReachTheAsaWhetherOrNotItRegisteredForThem() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3.withDryRun(true), 7));
        moment();
        assertThat(requests)
                .singleElement()
                .satisfies(session -> assertThat(session.inHand().isDryRun()).isTrue());
        loop.run(() -> requests.get(0).decline("no dry runs"));
        moment();
        assertThat(answer(0)).isInstanceOf(End.class);
    }

    @Test
    @Proves({"8990-2.7-2", "8990-2.8.4-9"})
    void aRapidSynchronizationIsAnsweredWithTheValueAndItsRepetitionByAResponse() {
        register(RapidMode.SESSION);
        serve("v");
        peer.multicast(asking(1, EX2, 0));
        moment();
        Synch synch = (Synch) answer(0);
        assertThat(synch.session()).isEqualTo(new SessionId(1));
        assertThat(synch.objective().value().as(String.class)).isEqualTo("v");
        assertThat(peer.accepted).as("no additional M_RESPONSE").hasSize(1);

        peer.multicast(asking(2, EX2, 0)); // the peer has not understood the rapid answer
        moment();
        assertThat(answer(1)).isInstanceOf(Response.class);
    }

    @Test
    void aResponseCanHoldTheValue() {
        register(RapidMode.RESPONSE);
        serve("v");
        peer.multicast(asking(1, EX2, 0));
        moment();
        Response response = (Response) answer(0);
        assertThat(response.options()).hasSize(1);
        assertThat(response.objective().value().as(String.class)).isEqualTo("v");
    }

    /** This node's ASA has allowed longer ones. The peer, and relays on the way, may not. */
    @Test
    @Proves("8990-2.8.3-2")
    void aValueThatDoesNotFitIsNotSentInAnswerToADiscovery() {
        for (RapidMode mode : List.of(RapidMode.SESSION, RapidMode.RESPONSE)) {
            loop.run(() -> asa.register(
                    EX2, RegistrationOptions.DEFAULTS.withRapid(mode).withMaxMessageBytes(5000)));
            serve(new byte[3000]);
            peer.accepted.clear();
            peer.multicast(asking(mode.ordinal(), EX2, 0));
            moment();
            Response response = (Response) answer(0);
            assertThat(response.options()).hasSize(1);
            assertThat(response.objective()).isNull();
            loop.run(() -> asa.deregister(EX2.name()));
        }
    }

    /** The value fits in an M_SYNCH, but not in an M_RESPONSE. */
    @Test
    @Proves("8990-2.8.3-2")
    void aResponseWithoutRoomForTheValueIsSentWithoutIt() {
        register(RapidMode.RESPONSE);
        serve(new byte[2015]);
        peer.multicast(asking(1, EX2, 0));
        moment();
        Response response = (Response) answer(0);
        assertThat(response.options()).hasSize(1);
        assertThat(response.objective()).isNull();
    }

    @Test
    void aRapidRequestForARawListenerIsAnsweredByAResponse() {
        register(RapidMode.SESSION);
        NegotiationListening listening = loop.call(() -> asa.listenRaw(EX3, new NegotiationAcceptor() {
            @Override
            public void requested(NegotiationSession session) {
                requests.add(session);
            }

            @Override
            public void stopped() {}
        }));
        loop.run(() -> listening.request(Long.MAX_VALUE));
        peer.multicast(asking(1, EX3, 7));
        moment();
        assertThat(requests).isEmpty();
        assertThat(answer(0)).isInstanceOf(Response.class);
    }

    /** The ASA has answered with an offer, and continues without messages. */
    private ScriptedPeer.Wire leaveForRawChannel() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3, 7));
        moment();
        loop.run(() -> {
            requests.get(0).step(ObjectiveValue.of(5), TIMEOUT);
            raw = requests.get(0).raw(rawEvents);
            raw.request(Long.MAX_VALUE);
        });
        moment();
        return peer.accepted.get(0);
    }

    @Test
    void aPeerThatContinuesInARawChannelUsesRapidMode() {
        ScriptedPeer.Wire wire = leaveForRawChannel();
        wire.send(new byte[] {1});
        moment();
        assertThat(items).containsExactly("1");
        wire.close();
        moment();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
        assertThat(peer.accepted).as("no M_RESPONSE").hasSize(1);
        peer.multicast(asking(2, EX3, 7));
        moment();
        assertThat(requests).hasSize(2);
    }

    @Test
    void aPeerThatClosesItsRawChannelUnusedGetsAResponse() {
        leaveForRawChannel().close();
        moment();
        assertThat(items).isEmpty();
        assertThat(answer(1)).isInstanceOf(Response.class);
        peer.multicast(asking(2, EX3, 7));
        moment();
        assertThat(requests).hasSize(1);
        assertThat(answer(2)).isInstanceOf(Response.class);
    }

    @Test
    void readingStaysStoppedWhenTheConnectionIsOpened() {
        register(RapidMode.SESSION);
        listen();
        peer.multicast(asking(1, EX3, 7));
        moment();
        loop.run(() -> {
            raw = requests.get(0).raw(rawEvents);
            raw.send(ObjectiveValue.of(List.of(200, 1)), failure -> {}); // which the peer could read as a message
        });
        moment();
        peer.accepted.get(0).send(new byte[] {1});
        moment();
        assertThat(items).isEmpty();
        loop.run(() -> raw.request(1));
        moment();
        assertThat(items).containsExactly("1");
        loop.run(() -> raw.cancel());
    }

    // As initiator

    private Discovery begin() {
        loop.run(() -> asa.register(EX3, RegistrationOptions.DEFAULTS));
        events.cancellable = loop.call(() -> asa.negotiateRapidly(EX3.withValue(9), TIMEOUT, events));
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(0));
        assertThat(asked.objective().value().as(Integer.class)).isEqualTo(9);
        return asked;
    }

    private ScriptedPeer.Wire connect() {
        return peer.connect(node);
    }

    @Test
    @Proves({"8990-2.5.4.5-1", "8990-2.5.5.1-1"})
    void theFirstRapidAnswerBecomesTheSession() {
        Discovery asked = begin();
        ScriptedPeer.Wire wire = connect();
        wire.send(new Negotiate(asked.session(), EX3.withLoopCount(5).withValue(8)));
        moment();
        assertThat(events.offers)
                .extracting(offer -> offer.value().as(Integer.class))
                .containsExactly(8);

        ScriptedPeer.Wire late = connect();
        late.send(new Negotiate(asked.session(), EX3.withLoopCount(5).withValue(1)));
        moment();
        assertThat(((End) late.received.get(0)).outcome()).isInstanceOf(GraspOption.Decline.class);
        assertThat(late.inputEnded).isTrue();
        peer.reply(responseTo(asked, null));
        moment();
        assertThat(observed.foreignDrops())
                .containsEntry(DropReason.LATE_RAPID, 1)
                .containsEntry(DropReason.NO_SESSION, 1);

        loop.run(() -> events.session.step(ObjectiveValue.of(7), TIMEOUT));
        moment();
        assertThat(((Negotiate) wire.received.get(0)).objective().loopCount()).isEqualTo(4);
        wire.send(new End(asked.session(), new GraspOption.Accept()));
        moment();
        assertThat(events.outcomes).hasSize(1);
    }

    @Test
    void aPeerMayAnswerARapidRequestByAWaitAndAnEnd() {
        Discovery asked = begin();
        ScriptedPeer.Wire wire = connect();
        wire.send(new Wait(asked.session(), 120_000));
        moment();
        loop.advance(Duration.ofSeconds(100));
        wire.send(new End(asked.session(), new GraspOption.Accept()));
        moment();
        assertThat(events.outcomes).singleElement().isInstanceOf(NegotiationOutcome.Accepted.class);
        assertThat(events.failures).isEmpty();
    }

    @Test
    @Proves("8990-2.5.4.3-9")
    void aResponseThatArrivesFirstLeadsToAnOrdinaryRequest() {
        Discovery asked = begin();
        peer.reply(responseTo(asked, null));
        moment();
        assertThat(events.ordinary).isEqualTo(1);
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
        assertThat(peer.accepted).isEmpty();
        peer.reply(responseTo(asked, null));

        ScriptedPeer.Wire late = connect();
        late.send(new Negotiate(asked.session(), EX3.withLoopCount(5).withValue(1)));
        moment();
        assertThat(((End) late.received.get(0)).outcome()).isInstanceOf(GraspOption.Decline.class);
        assertThat(events.ordinary).isEqualTo(1);
        assertThat(events.offers).isEmpty();

        loop.run(() -> asa.negotiateRapidly(EX3.withValue(9), TIMEOUT, events));
        moment();
        assertThat(events.ordinary).as("a peer is known").isEqualTo(2);
        assertThat(peer.heard).hasSize(1);
        assertThat(events.failures).isEmpty();
    }

    @Test
    void aResponseWithNothingButAUriLeadsToNoRequest() {
        Discovery asked = begin();
        peer.reply(new Response(
                asked.session(),
                asked.initiator(),
                60_000,
                List.of(new GraspOption.LocatorOption(Locator.uri("https://a.example/"))),
                null));
        moment();
        assertThat(events.ordinary).isZero();
        connect().send(new Negotiate(asked.session(), EX3.withLoopCount(5).withValue(8)));
        moment();
        assertThat(events.offers).hasSize(1);
    }

    @Test
    void aResponseWithAValueLeadsANegotiationToAnOrdinaryRequest() {
        Discovery asked = begin();
        peer.reply(responseTo(asked, EX3.withValue(8)));
        moment();
        assertThat(events.ordinary).isEqualTo(1);
        assertThat(events.offers).isEmpty();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @Test
    void aResponseAboutAnotherObjectiveIsDroppedAndTheDiscoveryGoesOn() {
        Discovery asked = begin();
        peer.reply(responseTo(asked, EX2.withValue(8)));
        moment();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.OUT_OF_TURN, 1));
        assertThat(events.ordinary).isZero();
        peer.reply(responseTo(asked, EX3));
        moment();
        assertThat(events.ordinary).isEqualTo(1);
    }

    @Test
    void aResponseWithoutAnythingUsableIsCountedAndTheDiscoveryGoesOn() {
        Discovery asked = begin();
        byte[] unknown = HexFormat.of().parseHex("81186c");
        peer.reply(new Response(
                asked.session(),
                asked.initiator(),
                60_000,
                List.of(new GraspOption.Unknown(108, CborItem.wrap(unknown, 0, unknown.length))),
                null));
        moment();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.NOTHING_USABLE, 1));
        assertThat(events.ordinary).isZero();
        peer.reply(responseTo(asked, null));
        moment();
        assertThat(events.ordinary).isEqualTo(1);
    }

    /** A neighbor may relay it to another link of this node. */
    @Test
    void anOwnRapidDiscoveryHeardOnAnotherLinkIsDropped() {
        begin();
        int own = observed.drops.get(DropReason.OWN);
        beyond.multicast(peer.heard.get(0));
        moment();
        assertThat(observed.drops).containsOnly(Map.entry(DropReason.OWN, own + 1));
        assertThat(peer.heard).hasSize(1);
        loop.run(() -> events.cancellable.cancel());
    }

    @Test
    void theMessagesOfARapidNegotiationMayBeAsLongAsItsObjectiveAllows() {
        Objective large = Objective.negotiable("large");
        loop.run(() -> {
            asa.register(
                    large,
                    RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION).withMaxMessageBytes(5000));
            asa.listenNegotiate(large, acceptor).request(1);
            asa.negotiateRapidly(large.withValue(9), TIMEOUT, events);
        });
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(0));
        connect().send(new Negotiate(asked.session(), large.withLoopCount(5).withValue("x".repeat(4000))));
        moment();
        assertThat(events.offers)
                .singleElement()
                .satisfies(offer -> assertThat(offer.value().as(String.class)).hasSize(4000));
        loop.run(() -> events.session.cancel());

        peer.multicast(asking(1, large, 7));
        moment();
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(5), TIMEOUT));
        moment();
        peer.accepted
                .get(0)
                .send(new Negotiate(new SessionId(1), large.withLoopCount(4).withValue("y".repeat(4000))));
        moment();
        assertThat(requests.get(0).inHand().value().as(String.class)).hasSize(4000);
        loop.run(() -> requests.get(0).cancel());
        moment();
    }

    @Test
    void theObserverIsNotifiedOfARapidDiscovery() {
        Discovery asked = begin();
        loop.run(() -> events.cancellable.cancel());
        assertThat(observed.started).singleElement().satisfies(started -> {
            assertThat(started.id()).isEqualTo(asked.session());
            assertThat(started.kind()).isEqualTo(SessionInfo.Kind.DISCOVERY);
        });
        assertThat(observed.outcomes).containsExactly(SessionOutcome.CANCELLED);
    }

    @Test
    void anAnswerThatDoesNotFitFailsWithItsReason() {
        Discovery asked = begin();
        connect()
                .send(new Negotiate(asked.session(), Objective.negotiable("EX4").withValue(1)));
        moment();
        assertThat(events.failures)
                .singleElement()
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.INVALID_NEGOTIATE));
    }

    @Test
    @Proves({"8990-2.8.4-8", "8990-2.8.4-10"})
    void aRapidDiscoveryHasTheLoopCountOfTheRequest() {
        begin();
        loop.run(() -> events.cancellable.cancel());
        beginSynchronization();
        loop.run(() -> asa.negotiateRapidly(EX3.withLoopCount(9).withValue(9), TIMEOUT, events));
        loop.run(() -> asa.synchronizeRapidly(EX2.withLoopCount(9), TIMEOUT, events, events::ordinary));
        moment();

        assertThat(peer.heard)
                .extracting(bytes ->
                        ((Discovery) ScriptedPeer.decode(bytes)).objective().loopCount())
                .containsExactly(6, 6, 9, 9);
    }

    @Test
    @Proves("8990-2.8.4-8")
    void aRapidRequestWithoutAnAnswerFailsAtItsTimeout() {
        begin(); // takes 50 ms
        loop.advance(TIMEOUT.minusMillis(51));
        assertThat(events.failures).isEmpty();
        assertThat(engine.load().sessions()).isEqualTo(1);
        loop.advance(Duration.ofMillis(1));
        assertThat(events.failures).singleElement().satisfies(e -> {
            assertThat(e.code()).isEqualTo(GraspErrorCode.NO_DISCOVERY_REPLY);
            assertThat(e.getMessage()).contains("60000 ms");
        });
    }

    @Test
    void cancellingARapidRequestLeavesNothing() {
        Discovery asked = begin();
        loop.run(() -> events.cancellable.cancel());
        moment();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
        connect().send(new Negotiate(asked.session(), EX3.withValue(1)));
        moment();
        assertThat(events.offers).isEmpty();
        assertThat(events.failures).isEmpty();
    }

    @Test
    void cancellingARapidRequestEndsTheSessionThatFollowedFromIt() {
        Discovery asked = begin();
        ScriptedPeer.Wire wire = connect();
        wire.send(new Negotiate(asked.session(), EX3.withValue(8)));
        moment();
        loop.run(() -> events.cancellable.cancel());
        moment();
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    void closingTheNodeFailsARapidRequest() {
        begin();
        loop.run(() -> engine.close(failure -> {}));
        moment();
        assertThat(events.failures)
                .singleElement()
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SESSION));
    }

    private Discovery beginSynchronization() {
        events.cancellable = loop.call(() -> asa.synchronizeRapidly(EX2, TIMEOUT, events, events::ordinary));
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1));
        assertThat(asked.objective().value()).as("a value makes it rapid").hasToString("0");
        return asked;
    }

    @Test
    @Proves("8990-2.10.3-10")
    void aRapidSynchronizationIsSentWithZeroUnlessTheAsaNamesAValue() {
        for (Objective objective :
                List.of(EX2, EX2.withValue(wire("f6")), EX2.withValue(wire("f7")), EX2.withValue("since 5"))) {
            loop.run(() -> asa.synchronizeRapidly(objective, TIMEOUT, events, events::ordinary));
        }
        moment();
        assertThat(peer.heard)
                .extracting(bytes -> ((Discovery) ScriptedPeer.decode(bytes))
                        .objective()
                        .value()
                        .toString())
                .containsExactly("0", "0", "0", "\"since 5\"");
        loop.advance(TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "f6", "f7", "d81841f6"})
    void aRapidNegotiationNeedsAValue(String nothing) {
        loop.run(() -> asa.register(EX3, RegistrationOptions.DEFAULTS));
        Objective request = nothing.isEmpty() ? EX3 : EX3.withValue(wire(nothing));
        loop.run(() -> assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> asa.negotiateRapidly(request, TIMEOUT, events))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED);
                    assertThat(e.objective()).contains("EX3");
                    assertThat(e).hasMessageContaining("rapid");
                }));
        moment();
        assertThat(peer.heard).isEmpty();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @Test
    @Proves({"8990-2.5.4.5-1", "8990-2.5.6.3-1", "8990-2.8.5-4"})
    void aRapidValueIsTakenFromASynchMessageOrAResponse() {
        Discovery asked = beginSynchronization();
        ScriptedPeer.Wire wire = connect();
        wire.send(new Synch(asked.session(), EX2.withValue("v")));
        moment();
        assertThat(events.values).containsExactly("v");
        assertThat(wire.inputEnded).isTrue();

        peer.heard.clear();
        Discovery again = beginSynchronization();
        peer.reply(responseTo(again, EX2.withValue("w"))); // graspy's form
        moment();
        assertThat(events.values).containsExactly("v", "w");
        assertThat(peer.accepted).isEmpty();
    }

    @Test
    void aResponseWithoutAValueLeadsToAnOrdinaryRequest() {
        Discovery asked = beginSynchronization();
        peer.reply(responseTo(asked, EX2));
        moment();
        assertThat(events.ordinary).isEqualTo(1);
        assertThat(events.values).isEmpty();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    // As relay

    @Test
    void aRelayPassesOnCompleteRapidAnswersAndRefusesOthers() {
        peer.multicast(asking(1, EX2, 0));
        moment();
        assertThat(beyond.heard).hasSize(1);
        connectFrom(beyond).send(new Synch(new SessionId(1), EX2.withValue("v")));
        moment();
        assertThat(((Synch) answer(0)).objective().value().as(String.class)).isEqualTo("v");

        peer.multicast(asking(2, EX3, 7));
        moment();
        ScriptedPeer.Wire conversation = connectFrom(beyond);
        conversation.send(new Negotiate(new SessionId(2), EX3.withValue(5)));
        moment();
        assertThat(conversation.inputEnded).isTrue();
        assertThat(peer.accepted).hasSize(1);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.LATE_RAPID, 1));
    }

    /** Session IDs are heard by all. The copy names another initiator, so it is no duplicate. */
    @ParameterizedTest
    @CsvSource({"0, false", "0, true", "1, false", "1, true", "2, false", "2, true"})
    void aNeighborThatCopiesASessionIdTakesNoRapidAnswer(int copiersLink, boolean negotiation) {
        ScriptedPeer copier = newPeer("copier");
        link("third", newPeer("idle").node, node);
        network.connect(copier.node, network.links().get(copiersLink));
        moment();
        Objective objective = negotiation ? EX3 : EX2;
        SessionId id = new SessionId(1);
        GraspMessage answer = negotiation
                ? new End(id, new GraspOption.Decline("no"))
                : new Synch(id, EX2.withLoopCount(6).withValue("v"));
        peer.multicast(asking(1, objective, 7));
        moment();
        copier.multicast(new Discovery(id, addressOf(copier), objective.withValue(7)));
        moment();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.COPIED_SESSION_ID, 1));
        assertThat(observed.dropped(DropReason.COPIED_SESSION_ID).peer().getAddress())
                .isEqualTo(copier.linkLocalAddress());

        connectFrom(beyond).send(answer);
        moment();
        assertThat(answer(0)).isEqualTo(answer);
        connectFrom(beyond).send(answer);
        moment();
        assertThat(copier.accepted).as("each initiator has had an answer").hasSize(1);
        assertThat(peer.accepted).hasSize(1);
        assertThat(observed.foreignDrops()).containsOnlyKeys(DropReason.COPIED_SESSION_ID);
        connectFrom(beyond).send(answer);
        moment();
        assertThat(observed.foreignDrops()).containsEntry(DropReason.LATE_RAPID, 1);
    }

    @Test
    void manyCopiesOfASessionIdTakeNoRapidAnswer() {
        peer.multicast(asking(1, EX2, 0));
        moment();
        for (int i = 1; i <= 20; i++) {
            Objective objective = i % 2 == 0 ? EX2 : EX3;
            beyond.multicast(
                    new Discovery(new SessionId(1), UnusableLocators.address("fd77::" + i), objective.withValue(0)));
        }
        moment();
        connectFrom(beyond).send(new Synch(new SessionId(1), EX2.withValue("v")));
        moment();
        assertThat(((Synch) answer(0)).objective().value().as(String.class)).isEqualTo("v");
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.COPIED_SESSION_ID, 20));
    }

    private ScriptedPeer.Wire connectFrom(ScriptedPeer from) {
        return from.connect(node);
    }

    /** Records events. */
    private static final class RecordingRapidEvents implements RapidEvents, SynchronizationEvents, DiscoveryEvents {
        final List<Objective> offers = new ArrayList<>();
        final List<NegotiationOutcome> outcomes = new ArrayList<>();
        final List<GraspException> failures = new ArrayList<>();
        final List<String> values = new ArrayList<>();
        Cancellable cancellable;
        NegotiationSession session;
        int ordinary;

        @Override
        public void ordinary() {
            ordinary++;
        }

        @Override
        public void begun(NegotiationSession newSession) {
            session = newSession;
        }

        @Override
        public void offered(Objective offer) {
            offers.add(offer);
        }

        @Override
        public void ended(NegotiationOutcome outcome) {
            outcomes.add(outcome);
        }

        @Override
        public void synchronised(Objective objective) {
            values.add(objective.value().as(String.class));
        }

        @Override
        public void found(AsaLocator locator) {}

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {
            failures.add(failure);
        }
    }
}
