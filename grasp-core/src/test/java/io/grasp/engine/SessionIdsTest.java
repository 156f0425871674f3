package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.extension.ExtensionEvents;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.node.SessionTable;
import io.grasp.engine.rapid.RapidEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The source of Session IDs, and how the IDs of other nodes are distinguished (RFC 8990 section 2.7). */
class SessionIdsTest extends TwoLinkFixture {
    private static final SessionId ID = new SessionId(4711);

    @Test
    @Proves({"8990-2.7-1", "8990-2.5.4.3-6", "8990-2.5.5-1", "8990-2.5.6.1-2"})
    void eachAttemptHasANewSessionId() {
        for (int i = 0; i < 2; i++) {
            loop.run(() -> asa.discover(EX3, Duration.ofMillis(10), new Finding()));
            loop.run(() -> asa.flood(List.of(TaggedObjective.untagged(EX2.withValue(1))), TIMEOUT, failure -> {}));
            request(EX3.withValue(1));
            loop.run(events.session::cancel);
            loop.run(() -> asa.synchronize(EX2, here(peer.node), Duration.ofMillis(10), new Synchronized()));
            moment();
        }

        assertThat(sent).hasSize(12); // two links for each discovery and flood
        assertThat(sent.stream().map(GraspMessage::session).distinct()).hasSize(8);
    }

    /** All operations of this node that begin with a new Session ID. */
    enum Beginning {
        DISCOVERY,
        DISCOVERY_OF_ONE_PEER,
        FLOOD,
        NEGOTIATION,
        SYNCHRONIZATION,
        RAPID_NEGOTIATION,
        RAPID_SYNCHRONIZATION,
        EXTENSION,
        EXTENSION_TO_ALL
    }

    private static final RapidEvents IGNORED = new RapidEvents() {
        @Override
        public void ordinary() {}

        @Override
        public void begun(NegotiationSession session) {}

        @Override
        public void offered(Objective offer) {}

        @Override
        public void ended(NegotiationOutcome outcome) {}

        @Override
        public void failed(GraspException failure) {}
    };

    private static final ExtensionEvents NO_ANSWERS = new ExtensionEvents() {
        @Override
        public void answered(ExtensionMessage answer) {}

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {}
    };

    /** {@return the Session ID of an operation that this begins and that has ended since} */
    private SessionId idOf(Beginning what) {
        sent.clear();
        AsaLocator there = here(peer.node);
        Cancellable begun = loop.call(() -> switch (what) {
            case DISCOVERY -> asa.discover(EX3, TIMEOUT, new Finding());
            case DISCOVERY_OF_ONE_PEER -> asa.discoverAt(EX3, there, TIMEOUT, new Finding());
            case FLOOD -> {
                asa.flood(List.of(TaggedObjective.untagged(EX2.withValue(1))), TIMEOUT, failure -> {});
                yield () -> {};
            }
            case NEGOTIATION -> asa.negotiate(EX3.withValue(1), there, TIMEOUT, events);
            case SYNCHRONIZATION -> asa.synchronize(EX2, there, TIMEOUT, new Synchronized());
            case RAPID_NEGOTIATION -> asa.negotiateRapidly(EX3.withValue(1), TIMEOUT, IGNORED);
            case RAPID_SYNCHRONIZATION -> asa.synchronizeRapidly(EX2, TIMEOUT, new Synchronized(), () -> {});
            case EXTENSION -> asa.ask(there, 200, List.of(), TIMEOUT, NO_ANSWERS);
            case EXTENSION_TO_ALL -> {
                asa.multicast(200, List.of(), failure -> {});
                yield () -> {};
            }
        });
        moment();
        loop.run(begun::cancel);
        moment();
        List<SessionId> ids =
                sent.stream().map(GraspMessage::session).distinct().toList();
        assertThat(ids).as("%s", what).hasSize(1);
        return ids.get(0);
    }

    @Test
    @Proves({"8990-2.7-1", "8990-2.5.6.1-2"})
    void eachKindOfOperationHasANewSessionId() {
        List<SessionId> ids = IntStream.range(0, 3)
                .boxed()
                .flatMap(time -> Arrays.stream(Beginning.values()))
                .map(this::idOf)
                .toList();

        assertThat(ids).doesNotHaveDuplicates();
    }

    /** Each has been in use for longer than recently used IDs are remembered. */
    @ParameterizedTest
    @EnumSource
    @Proves({"8990-2.7-6", "8990-2.7-8"})
    void noOperationGetsASessionIdInUse(Beginning what) {
        random = drawing(1, 2);
        loop.run(() -> asa.negotiate(EX3.withValue(1), here(beyond.node), Duration.ofHours(1), events));
        Cancellable discovery = loop.call(() -> asa.discover(EX3, Duration.ofHours(1), new Finding()));
        listen();
        peer.connect(node).send(new RequestNegotiation(new SessionId(3), EX3.withValue(1)));
        Objective raw = Objective.negotiable("raw");
        loop.run(() -> asa.register(raw, RegistrationOptions.DEFAULTS));
        loop.run(() -> asa.listenRaw(raw, rawAcceptor()).request(1));
        peer.connect(node).send(new RequestNegotiation(new SessionId(4), raw.withValue(1)));
        Objective rapid = Objective.negotiable("rapid");
        loop.run(() -> {
            asa.register(rapid, RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION));
            asa.listenNegotiate(rapid, acceptor()).request(1);
        });
        peer.multicast(new Discovery(new SessionId(5), peer.node.addresses().get(0), rapid.withValue(1)));
        loop.advance(Timeouts.DEFAULTS.sessionMemory().multipliedBy(2));
        assertThat(requests).hasSize(2);
        assertThat(engine.load().sessions()).isEqualTo(5);
        random = drawing(1, 2, 3, 4, 5, 6);

        assertThat(idOf(what)).isEqualTo(new SessionId(6));
        loop.run(discovery::cancel);
    }

    /** Becomes a raw channel at once, and then neither sends nor reads. */
    private NegotiationAcceptor rawAcceptor() {
        return new NegotiationAcceptor() {
            @Override
            public void requested(NegotiationSession session) {
                session.raw(new RawEvents() {
                    @Override
                    public void opened() {}

                    @Override
                    public void received(ObjectiveValue item) {}

                    @Override
                    public void completed() {}

                    @Override
                    public void failed(GraspException failure) {}
                });
            }

            @Override
            public void stopped() {}
        };
    }

    @ParameterizedTest
    @EnumSource
    @Proves({"8990-2.7-7", "8990-2.7-8"})
    void noOperationGetsARecentlyUsedSessionId(Beginning what) {
        random = drawing(1, 2, 3, 4, 5, 6, 7, 8, 9);
        for (Beginning each : Beginning.values()) {
            idOf(each);
        }
        peer.multicast(new Discovery(new SessionId(10), peer.node.addresses().get(0), Objective.discoverable("EX5")));
        moment();
        random = drawing(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

        assertThat(idOf(what)).isEqualTo(new SessionId(11));
    }

    @Test
    @Proves("8990-2.7-3")
    void sessionIdsUseAll32BitsAndRarelyRepeat() {
        SessionTable table = table(new Random(1));
        List<Long> ids =
                IntStream.range(0, 1000).mapToObj(i -> table.unused().value()).toList();

        assertThat(ids).doesNotHaveDuplicates();
        for (int bit = 0; bit < 32; bit++) {
            long mask = 1L << bit;
            assertThat(ids.stream().filter(id -> (id & mask) != 0))
                    .as("bit %d", bit)
                    .hasSizeBetween(400, 600);
        }
    }

    /** A source that returns scripted numbers first. */
    private static RandomGenerator drawing(int... numbers) {
        Iterator<Integer> script = Arrays.stream(numbers).iterator();
        Random then = new Random(1);
        return () -> script.hasNext() ? (long) script.next() << 32 : then.nextLong();
    }

    private SessionTable table(int... draws) {
        return table(drawing(draws));
    }

    private SessionTable table(RandomGenerator ids) {
        Timeouts timeouts = Timeouts.DEFAULTS;
        return new SessionTable(
                loop,
                ids,
                Limits.DEFAULTS,
                timeouts,
                Integer.MAX_VALUE,
                List.of(),
                new ExpiringSet<>(loop, timeouts.sessionMemory(), 10));
    }

    @Test
    @Proves({"8990-2.7-6", "8990-2.7-8"})
    void theSessionIdOfAPeersSessionIsNotReused() {
        SessionTable table = table(4711, 4712);
        table.beginTheirs(new SessionKey(ID, addressOf(peer)), TrafficSource.onLink(1, addressOf(peer)));
        table.beginTheirs(new SessionKey(ID, addressOf(beyond)), TrafficSource.onLink(1, addressOf(beyond)));
        table.endTheirs(new SessionKey(ID, peer.node.addresses().get(0)));
        loop.advance(Duration.ofDays(1));

        assertThat(table.begin()).as("the other peer's session continues").isEqualTo(new SessionId(4712));
    }

    @Test
    @Proves({"8990-2.7-6", "8990-2.7-8"})
    void theSessionIdOfAShortExchangeIsNotReused() {
        SessionTable table = table(4711, 4712);
        table.beginTheirs(new SessionKey(ID, addressOf(peer)), TrafficSource.onLink(1, addressOf(peer)));

        assertThat(table.unused()).isEqualTo(new SessionId(4712));
    }

    @Test
    @Proves({"8990-2.7-7", "8990-2.7-8"})
    void recentlySeenSessionIdsAreNotReused() {
        SessionId ended = new SessionId(2);
        SessionId heard = new SessionId(3);
        SessionTable table = table(1, 1, 2, 3, 4, 1, 2, 3);
        SessionId ours = table.begin();
        SessionKey theirs = new SessionKey(ended, peer.node.addresses().get(0));
        table.beginTheirs(theirs, TrafficSource.onLink(1, theirs.initiator()));
        loop.advance(Duration.ofMinutes(10));
        table.end(ours);
        table.endTheirs(theirs);
        table.heard(heard, TrafficSource.onLink(1, addressOf(peer)));

        assertThat(table.unused()).isEqualTo(new SessionId(4));
        loop.advance(Timeouts.DEFAULTS.sessionMemory());
        assertThat(List.of(table.unused(), table.unused(), table.unused())).containsExactly(ours, ended, heard);
    }

    @Test
    @Proves({"8990-2.7-6", "8990-2.7-8", "8990-2.7-7"})
    void noOwnRequestHasASessionIdThatAPeerUses() {
        random = drawing(4711, 4711, 4712, 4712, 4713, 4713, 4714, 4714, 4715);
        listen();
        peer.connect(node).send(new RequestNegotiation(ID, EX3.withValue(1)));
        peer.multicast(new Discovery(new SessionId(4712), peer.node.addresses().get(0), EX3));
        peer.multicast(new Flood(
                new SessionId(4713),
                peer.node.addresses().get(0),
                0,
                List.of(TaggedObjective.untagged(EX2.withValue(1)))));
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of(1)));
        peer.connect(node).send(new RequestSynchronization(new SessionId(4714), EX2.withValue(1)));
        moment();

        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        loop.run(events.session::cancel);

        assertThat(requests).hasSize(1);
        assertThat(wire.received)
                .singleElement()
                .extracting(GraspMessage::session)
                .isEqualTo(new SessionId(4715));
    }

    @Test
    @Proves("8990-2.7-7")
    void noOwnRequestHasTheSessionIdOfARefusedRequest() {
        random = drawing(1, 2, 3, 4, 5, 6);
        Objective unknown = Objective.negotiable("nobody").withValue(1);
        Objective noSynch = Objective.synchronizable("nobody");
        Objective noFlag = Objective.discoverable("EX3").withValue(1);
        send(new RequestNegotiation(new SessionId(1), unknown));
        send(new RequestSynchronization(new SessionId(2), noSynch));
        send(new RequestNegotiation(new SessionId(3), noFlag));
        send(HexFormat.of().parseHex("8318c80401")); // of an unassigned type
        send(HexFormat.of().parseHex("83030580")); // an M_REQ_NEG without an objective

        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        loop.run(events.session::cancel);

        assertThat(drops.keySet())
                .contains(
                        DropReason.NOT_LISTENING,
                        DropReason.OBJECTIVE_FLAGS,
                        DropReason.UNKNOWN_TYPE,
                        DropReason.MALFORMED);
        assertThat(wire.received.get(0).session()).isEqualTo(new SessionId(6));
    }

    private void send(GraspMessage request) {
        send(MessageEncoder.encode(request));
    }

    private void send(byte[] request) {
        peer.connect(node).send(request);
        moment();
    }

    @Test
    @Proves("8990-2.7-9")
    void aResponseWithAnotherInitiatorDoesNotMatchOurDiscovery() {
        Finding finding = new Finding();
        int[] ordinary = {0};
        Cancellable discovery = loop.call(() -> asa.discover(EX3, TIMEOUT, finding));
        Cancellable rapid =
                loop.call(() -> asa.synchronizeRapidly(EX2, TIMEOUT, new Synchronized(), () -> ordinary[0]++));
        moment();
        List<GraspMessage> asked = peer.heard.stream().map(ScriptedPeer::decode).toList();
        for (boolean ours : new boolean[] {false, true}) {
            for (GraspMessage each : asked) {
                InetAddress initiator = ours
                        ? ((Discovery) each).initiator()
                        : beyond.node.addresses().get(0);
                GraspOption there =
                        new GraspOption.LocatorOption(here(peer.node).locator());
                peer.connect(node).send(new Response(each.session(), initiator, 60_000, List.of(there), null));
            }
            moment();

            assertThat(finding.found).hasSize(ours ? 1 : 0);
            assertThat(ordinary[0]).isEqualTo(ours ? 1 : 0);
            assertThat(drops).containsEntry(DropReason.NO_SESSION, 2);
        }
        loop.run(discovery::cancel);
        loop.run(rapid::cancel);
    }

    @Test
    @Proves("8990-2.7-9")
    void equalSessionIdsOfTwoPeersAreTwoSessions() {
        listen();
        peer.connect(node).send(new RequestNegotiation(ID, EX3.withValue(1)));
        beyond.connect(node).send(new RequestNegotiation(ID, EX3.withValue(2)));
        moment();

        assertThat(requests)
                .extracting(session -> session.inHand().value().as(Integer.class))
                .containsExactlyInAnyOrder(1, 2);
        requests.forEach(session -> loop.run(session::accept));
        moment();
    }
}
