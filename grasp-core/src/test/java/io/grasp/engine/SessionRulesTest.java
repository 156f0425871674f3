package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.extension.ExtensionEvents;
import io.grasp.engine.extension.ExtensionExchange;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.negotiation.RawSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.rapid.RapidEvents;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.MessageType;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tries the reaction of each kind of session to each message in each state, against the table in session-rules.txt. */
class SessionRulesTest {
    private static final String TABLE = "session-rules.txt";
    private static final Objective BULK = Objective.negotiable("bulk");
    /** More than the simulated network buffers for a peer that does not read. */
    private static final int MUCH = 300 * 1024;

    private static final int EXTENSION = 200;

    // Messages

    /** The rows: messages of a peer, with the given Session ID and objective. */
    private static final Map<String, Function<SessionFixture, byte[]>> MESSAGES = messages();

    private static Map<String, Function<SessionFixture, byte[]>> messages() {
        Map<String, Function<SessionFixture, byte[]>> all = new LinkedHashMap<>();
        all.put("M_NOOP", bench -> MessageEncoder.encode(new Noop()));
        ofSession().forEach((name, message) -> all.put(name, bench -> message.of(bench, bench.id)));
        all.put("no CBOR", bench -> new byte[] {(byte) 0xFF});
        ofSession().forEach((name, message) -> {
            if (!name.contains(" ") || name.equals("M_END accept") || name.equals("M_END decline")) {
                all.put("other " + name, bench -> message.of(bench, bench.otherId));
            }
        });
        return all;
    }

    private static Map<String, OfSession> ofSession() {
        Map<String, OfSession> all = new LinkedHashMap<>();
        put(all, "M_DISCOVERY", (bench, id) -> new Discovery(id, bench.peerAddress(), bench.about));
        put(
                all,
                "M_RESPONSE",
                (bench, id) -> new Response(
                        id,
                        bench.node.addresses().get(0),
                        1000,
                        List.of(new GraspOption.LocatorOption(
                                EngineFixture.here(bench.peer.node).locator())),
                        null));
        put(all, "M_REQ_NEG", (bench, id) -> new RequestNegotiation(id, EngineFixture.EX3.withValue(1)));
        put(all, "M_REQ_SYN", (bench, id) -> new RequestSynchronization(id, EngineFixture.EX2.withValue(1)));
        put(
                all,
                "M_REQ_NEG no F_NEG",
                (bench, id) -> new RequestNegotiation(id, flagged(Objective.F_DISC, EngineFixture.EX3)));
        put(
                all,
                "M_REQ_SYN no F_SYNCH",
                (bench, id) -> new RequestSynchronization(id, flagged(Objective.F_DISC, EngineFixture.EX2)));
        put(all, "M_NEGOTIATE", (bench, id) -> new Negotiate(id, bench.about));
        put(all, "M_NEGOTIATE other objective", (bench, id) -> new Negotiate(id, named("EX9", bench.about)));
        put(all, "M_NEGOTIATE no F_NEG", (bench, id) -> new Negotiate(id, flagged(Objective.F_DISC, bench.about)));
        put(all, "M_NEGOTIATE dry run", (bench, id) -> new Negotiate(id, bench.about.withDryRun(true)));
        put(all, "M_END accept", (bench, id) -> new End(id, new GraspOption.Accept()));
        put(all, "M_END decline", (bench, id) -> new End(id, new GraspOption.Decline("no")));
        put(all, "M_END neither", (bench, id) -> new End(id, new GraspOption.Unknown(108, item("81186c"))));
        put(all, "M_WAIT", (bench, id) -> new Wait(id, 5000));
        put(all, "M_WAIT zero", (bench, id) -> new Wait(id, 0));
        put(all, "M_SYNCH", (bench, id) -> new Synch(id, EngineFixture.EX2.withValue(7)));
        put(all, "M_SYNCH other objective", (bench, id) -> new Synch(id, named("EX9", EngineFixture.EX2.withValue(7))));
        put(
                all,
                "M_SYNCH no F_SYNCH",
                (bench, id) -> new Synch(id, flagged(Objective.F_DISC, EngineFixture.EX2.withValue(7))));
        put(
                all,
                "M_FLOOD",
                (bench, id) -> new Flood(
                        id,
                        bench.peerAddress(),
                        1000,
                        List.of(TaggedObjective.untagged(EngineFixture.EX2.withValue(7)))));
        put(all, "M_INVALID", (bench, id) -> new Invalid(id, null));
        all.put("unknown", (bench, id) -> hex("83" + "18c8" + uint32(id) + "01"));
        all.put("malformed", (bench, id) -> hex("83" + "03" + uint32(id) + "80"));
        return all;
    }

    private interface OfSession {
        byte[] of(SessionFixture bench, SessionId id);
    }

    private interface Made {
        GraspMessage of(SessionFixture bench, SessionId id);
    }

    private static void put(Map<String, OfSession> all, String name, Made message) {
        all.put(name, (bench, id) -> MessageEncoder.encode(message.of(bench, id)));
    }

    private static Objective named(String name, Objective other) {
        return new Objective(name, other.flags(), other.loopCount(), other.value());
    }

    private static Objective flagged(int flags, Objective other) {
        return new Objective(other.name(), flags, other.loopCount(), other.value());
    }

    private static String uint32(SessionId id) {
        return "1a" + HexFormat.of().toHexDigits((int) id.value());
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static CborItem item(String hex) {
        byte[] bytes = hex(hex);
        return CborItem.wrap(bytes, 0, bytes.length);
    }

    // States

    /** The columns: how each state is reached. */
    private static final Map<String, Map<String, Situation>> KINDS = kinds();

    private interface Situation {
        /** Brings a session into the state; {@return a check that it is unchanged} */
        Runnable begin(SessionFixture bench);
    }

    private static Map<String, Map<String, Situation>> kinds() {
        Map<String, Map<String, Situation>> all = new LinkedHashMap<>();
        all.put(
                "negotiation, as initiator",
                states(
                        state("requested", SessionFixture::requested),
                        state("our turn", SessionFixture::ourTurn),
                        state("their turn", SessionFixture::theirTurn),
                        state("ending", SessionFixture::ending),
                        state("ended", SessionFixture::ended)));
        all.put(
                "negotiation, as responder",
                states(
                        state("waits for an ASA", SessionFixture::untaken),
                        state("our turn", SessionFixture::taken),
                        state("their turn", SessionFixture::answered),
                        state("ending", SessionFixture::endingResponder),
                        state("ended", SessionFixture::endedResponder)));
        all.put(
                "synchronization, as initiator",
                states(
                        state("requested", SessionFixture::synchronizing),
                        state("ended", SessionFixture::synchronizedAlready)));
        all.put("synchronization, as responder", states(state("answered", SessionFixture::served)));
        all.put("raw channel", states(state("open", SessionFixture::raw), state("ended", SessionFixture::rawEnded)));
        all.put(
                "rapid negotiation, as initiator",
                states(
                        state("undecided", SessionFixture::rapidNegotiation),
                        state("decided", SessionFixture::rapidNegotiationDecided)));
        all.put(
                "rapid synchronization, as initiator",
                states(
                        state("undecided", SessionFixture::rapidSynchronization),
                        state("decided", SessionFixture::rapidSynchronizationDecided)));
        all.put("rapid negotiation, as responder", states(state("their turn", SessionFixture::rapidResponder)));
        all.put(
                "message of an unassigned type",
                states(state("asked", SessionFixture::extension), state("ended", SessionFixture::extensionEnded)));
        all.put(
                "discovery of all neighbors",
                states(
                        state("in progress", SessionFixture::discovery),
                        state("ended", SessionFixture::discoveryEnded)));
        all.put(
                "discovery of one peer",
                states(
                        state("in progress", SessionFixture::unicastDiscovery),
                        state("ended", SessionFixture::unicastDiscoveryEnded)));
        all.put(
                "connection of a peer",
                states(
                        state("new", SessionFixture::connected),
                        state("M_DISCOVERY came", SessionFixture::discovered),
                        state("M_DISCOVERY relayed", SessionFixture::discoveryRelayed),
                        state("M_DISCOVERY answered", SessionFixture::discoveryAnswered),
                        state("M_REQ_NEG clashed", SessionFixture::clashed),
                        state("M_RESPONSE came", SessionFixture::responded),
                        state("refused", SessionFixture::refused)));
        return all;
    }

    private record State(String name, Situation situation) {}

    private static State state(String name, Situation situation) {
        return new State(name, situation);
    }

    private static Map<String, Situation> states(State... states) {
        Map<String, Situation> all = new LinkedHashMap<>();
        for (State state : states) {
            all.put(state.name(), state.situation());
        }
        return all;
    }

    // The table

    /** Kind, then state, then message: the result. */
    private static Map<String, Map<String, Map<String, String>>> table() {
        Map<String, Map<String, Map<String, String>>> all = new LinkedHashMap<>();
        Map<String, Map<String, String>> kind = Map.of();
        List<String> states = List.of();
        String label = "";
        for (String line : lines()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] cells = Arrays.stream(line.split("\\|")).map(String::trim).toArray(String[]::new);
            if (line.startsWith("== ")) {
                kind = new LinkedHashMap<>();
                all.put(line.substring(3).trim(), kind);
                states = List.of();
            } else if (states.isEmpty()) {
                states = List.of(cells).subList(1, cells.length);
                for (String state : states) {
                    kind.put(state, new LinkedHashMap<>());
                }
            } else if (cells.length == 1) {
                label += " " + cells[0]; // more messages of the same row
            } else {
                String[] messages = (label + " " + cells[0]).trim().split(", *");
                label = "";
                for (int i = 0; i < states.size(); i++) {
                    for (String message : messages) {
                        String twice = kind.get(states.get(i)).put(message, cells[i + 1]);
                        assertThat(twice)
                                .as("%s, %s has two results", states.get(i), message)
                                .isNull();
                    }
                }
            }
        }
        return all;
    }

    private static List<String> lines() {
        try (InputStream in = Objects.requireNonNull(SessionRulesTest.class.getResourceAsStream(TABLE), TABLE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theTableHasOneResultForEachStateAndMessage() {
        Map<String, Map<String, Map<String, String>>> table = table();
        assertThat(table.keySet()).isEqualTo(KINDS.keySet());
        KINDS.forEach((kind, states) -> {
            assertThat(table.get(kind).keySet()).as(kind).isEqualTo(states.keySet());
            states.keySet()
                    .forEach(state -> assertThat(table.get(kind).get(state).keySet())
                            .as(kind + ", " + state)
                            .containsExactlyInAnyOrderElementsOf(MESSAGES.keySet()));
        });
    }

    static Stream<Arguments> states() {
        return KINDS.entrySet().stream()
                .flatMap(kind -> kind.getValue().keySet().stream().map(state -> Arguments.of(kind.getKey(), state)));
    }

    @ParameterizedTest
    @MethodSource("states")
    @Proves({"8990-2.7-2", "8990-2.8.12-5", "8990-2.8.13-2"})
    void eachMessageHasTheResultOfTheTable(String kind, String state) {
        Situation situation = KINDS.get(kind).get(state);
        Map<String, String> seen = new TreeMap<>();
        MESSAGES.forEach((name, message) -> seen.put(name, new SessionFixture().tryOut(situation, message)));
        assertThat(seen).isEqualTo(new TreeMap<>(table().get(kind).get(state)));
    }

    /** After the message that ends a session, in the same segment. */
    @TestFactory
    Stream<DynamicTest> messagesBehindTheEndOfASessionAreDropped() {
        Map<String, Function<SessionFixture, byte[]>> of = MESSAGES;
        return Stream.of(
                        new ExpectedEnd("negotiation, as initiator", "requested", "M_END accept", "accepted"),
                        new ExpectedEnd("negotiation, as initiator", "their turn", "M_END decline", "declined"),
                        new ExpectedEnd("negotiation, as initiator", "requested", "M_INVALID", "noValidStep, close"),
                        new ExpectedEnd("negotiation, as responder", "their turn", "M_END accept", "accepted, close"),
                        new ExpectedEnd("synchronization, as initiator", "requested", "M_SYNCH", "value"),
                        new ExpectedEnd("rapid synchronization, as initiator", "undecided", "M_SYNCH", "value, close"),
                        new ExpectedEnd("discovery of all neighbors", "in progress", "M_RESPONSE", "found, close"),
                        new ExpectedEnd("connection of a peer", "new", "M_REQ_SYN", "send M_SYNCH, close"),
                        new ExpectedEnd("connection of a peer", "new", "M_RESPONSE", "2 drops NO_SESSION, close"))
                .flatMap(ending -> Stream.of("M_NEGOTIATE", "M_REQ_NEG", "other M_REQ_NEG", "M_WAIT zero", "M_NOOP")
                        .map(behind -> dynamicTest(ending + ", " + behind, () -> {
                            Situation state = KINDS.get(ending.kind()).get(ending.state());
                            String result = new SessionFixture().tryOut(state, bench -> {
                                byte[] first = of.get(ending.message()).apply(bench);
                                byte[] second = of.get(behind).apply(bench);
                                byte[] both = Arrays.copyOf(first, first.length + second.length);
                                System.arraycopy(second, 0, both, first.length, second.length);
                                return both;
                            });
                            List<String> expected =
                                    new ArrayList<>(List.of(ending.result().split(", ")));
                            if (!ending.result().contains("NO_SESSION")) {
                                expected.add("drop NO_SESSION");
                            }
                            assertThat(result.split(", ")).containsExactlyInAnyOrderElementsOf(expected);
                        })));
    }

    private record ExpectedEnd(String kind, String state, String message, String result) {}

    /** An engine in one state, a peer that sends one message, and the result. */
    private static final class SessionFixture extends TwoLinkFixture {
        private final List<String> events = new ArrayList<>();
        private SessionId id = new SessionId(4711);
        private SessionId otherId = new SessionId(4712);
        private Objective about = EX3.withValue(7);
        private ScriptedPeer.Wire wire;
        private NegotiationSession session;
        private boolean goesOn = true;

        String tryOut(Situation situation, Function<SessionFixture, byte[]> message) {
            start();
            Runnable unchanged = situation.begin(this);
            events.clear();
            drops.clear();
            sent.clear();
            boolean wasClosed = wire.inputEnded || wire.closed;
            wire.send(message.apply(this));
            moment();
            List<String> results = new ArrayList<>(events);
            drops.remove(DropReason.OWN); // it receives the messages that it relays
            drops.forEach((reason, count) -> results.add((count == 1 ? "drop " : count + " drops ") + reason));
            sent.forEach(answer -> results.add("send " + MessageType.name(answer.type())));
            if (!wasClosed && (wire.inputEnded || wire.closed)) {
                results.add("close");
            } else if (results.isEmpty() && goesOn) {
                loop.advance(Duration.ofSeconds(6)); // the wait asks for 5
                boolean waited = events.stream().anyMatch(event -> event.startsWith("noNegReply"));
                results.add(waited ? "wait" : "nothing");
            } else if (goesOn && results.stream().allMatch(result -> result.startsWith("drop"))) {
                events.clear();
                unchanged.run();
            }
            closeEverything();
            return results.isEmpty() ? "nothing" : String.join(", ", results);
        }

        InetAddress peerAddress() {
            return peer.node.addresses().get(0);
        }

        private static AsaLocator at(ScriptedPeer end) {
            return here(end.node);
        }

        private ScriptedPeer.Wire lastAccepted(ScriptedPeer end) {
            return end.accepted.get(end.accepted.size() - 1);
        }

        private void send(GraspMessage message) {
            wire.send(message);
            moment();
        }

        private Runnable expecting(String event, Runnable action) {
            return () -> {
                action.run();
                moment();
                assertThat(events).contains(event);
            };
        }

        // Negotiation

        private final NegotiationEvents negotiation = new NegotiationEvents() {
            @Override
            public void offered(Objective offer) {
                events.add("offer");
            }

            @Override
            public void ended(NegotiationOutcome outcome) {
                events.add(outcome instanceof NegotiationOutcome.Accepted ? "accepted" : "declined");
            }

            @Override
            public void failed(GraspException failure) {
                events.add(failure.code().rfcName());
            }
        };

        Runnable requested() {
            session = loop.call(() -> asa.negotiate(about, at(peer), TIMEOUT, negotiation));
            moment();
            wire = lastAccepted(peer);
            id = session.info().id();
            return expecting("accepted", () -> send(new End(id, new GraspOption.Accept())));
        }

        Runnable ourTurn() {
            requested();
            send(new Negotiate(id, about));
            return mayMove();
        }

        private Runnable mayMove() {
            return () -> {
                loop.run(() -> session.step(ObjectiveValue.of(3), TIMEOUT));
                moment();
                assertThat(wire.received.get(wire.received.size() - 1)).isInstanceOf(Negotiate.class);
            };
        }

        Runnable theirTurn() {
            ourTurn();
            loop.run(() -> session.step(ObjectiveValue.of(3), TIMEOUT));
            moment();
            return expecting("accepted", () -> send(new End(id, new GraspOption.Accept())));
        }

        Runnable ending() {
            about = BULK.withValue(7);
            loop.run(() -> asa.register(BULK, RegistrationOptions.DEFAULTS.withMaxMessageBytes(2 * MUCH)));
            requested();
            loop.run(() -> wire.connection.reading(false));
            send(new Negotiate(id, about));
            return blockedEnd();
        }

        /** The peer does not read, so that our M_END waits behind an offer. */
        private Runnable blockedEnd() {
            loop.run(() -> session.step(ObjectiveValue.of(new byte[MUCH]), TIMEOUT));
            send(new Negotiate(id, about));
            loop.run(session::accept);
            moment();
            Runnable unchanged = () -> assertThat(session.state()).isEqualTo(NegotiationSession.State.ENDING);
            unchanged.run();
            return unchanged;
        }

        Runnable ended() {
            ourTurn();
            loop.run(session::accept);
            moment();
            assertThat(session.state()).isEqualTo(NegotiationSession.State.ENDED);
            assertThat(wire.inputEnded).isFalse();
            return () -> assertThat(wire.inputEnded).as("the peer closes first").isFalse();
        }

        private NegotiationListening listening(Objective objective) {
            return loop.call(() -> asa.listenNegotiate(objective, new NegotiationAcceptor() {
                @Override
                public void requested(NegotiationSession newSession) {
                    session = newSession;
                    events.add("request");
                    newSession.take(negotiation);
                }

                @Override
                public void stopped() {}
            }));
        }

        Runnable untaken() {
            NegotiationListening listening = listening(EX3);
            wire = peer.connect(node);
            send(new RequestNegotiation(id, about));
            return expecting("request", () -> loop.run(() -> listening.request(1)));
        }

        Runnable taken() {
            untaken().run();
            return mayMove();
        }

        Runnable answered() {
            taken().run();
            return expecting("accepted", () -> send(new End(id, new GraspOption.Accept())));
        }

        Runnable endingResponder() {
            about = BULK.withValue(7);
            loop.run(() -> asa.register(BULK, RegistrationOptions.DEFAULTS.withMaxMessageBytes(2 * MUCH)));
            NegotiationListening listening = listening(BULK);
            loop.run(() -> listening.request(1));
            wire = peer.connect(node);
            moment();
            loop.run(() -> wire.connection.reading(false));
            send(new RequestNegotiation(id, about));
            return blockedEnd();
        }

        Runnable endedResponder() {
            taken();
            loop.run(session::accept);
            moment();
            return over();
        }

        /** No connection is open any more. */
        private Runnable over() {
            assertThat(wire.inputEnded || wire.closed).isTrue();
            goesOn = false;
            return () -> {};
        }

        // Synchronization

        private final SynchronizationEvents synchronization = new SynchronizationEvents() {
            @Override
            public void synchronised(Objective objective) {
                events.add("value");
            }

            @Override
            public void failed(GraspException failure) {
                events.add(failure.code().rfcName());
            }
        };

        Runnable synchronizing() {
            loop.run(() -> asa.synchronize(EX2, at(peer), TIMEOUT, synchronization));
            moment();
            wire = lastAccepted(peer);
            id = wire.received.get(0).session();
            return expecting("value", () -> send(new Synch(id, EX2.withValue(1))));
        }

        Runnable synchronizedAlready() {
            synchronizing().run();
            return () -> assertThat(wire.inputEnded).as("the peer closes first").isFalse();
        }

        Runnable served() {
            loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v")));
            wire = peer.connect(node);
            send(new RequestSynchronization(id, EX2.withValue(1)));
            return over();
        }

        // Raw channels

        private RawSession raw;

        Runnable raw() {
            ourTurn();
            raw = loop.call(() -> session.raw(new RawEvents() {
                @Override
                public void opened() {}

                @Override
                public void received(ObjectiveValue item) {
                    events.add("item");
                }

                @Override
                public void completed() {
                    events.add("completed");
                }

                @Override
                public void failed(GraspException failure) {
                    events.add(failure.code().rfcName());
                }
            }));
            loop.run(() -> raw.request(Long.MAX_VALUE));
            return () -> {};
        }

        Runnable rawEnded() {
            raw();
            loop.run(raw::close);
            moment();
            return over();
        }

        // Rapid mode

        Runnable rapidNegotiation() {
            loop.run(() -> asa.negotiateRapidly(about, TIMEOUT, new RapidEvents() {
                @Override
                public void begun(NegotiationSession newSession) {
                    session = newSession;
                }

                @Override
                public void ordinary() {
                    events.add("ordinary");
                }

                @Override
                public void offered(Objective offer) {
                    negotiation.offered(offer);
                }

                @Override
                public void ended(NegotiationOutcome outcome) {
                    negotiation.ended(outcome);
                }

                @Override
                public void failed(GraspException failure) {
                    negotiation.failed(failure);
                }
            }));
            moment();
            asked();
            return expecting("offer", this::answerFromBeyond);
        }

        /** The peers have received the discovery; this one opens a connection, from an address that identifies its link. */
        private void asked() {
            id = ScriptedPeer.decode(peer.heard.get(0)).session();
            InetAddress onLink = engine.links().get(0).linkLocalAddress();
            wire = peer.connect(new Locator.Ipv6((Inet6Address) onLink, Locator.TCP, node.port()));
            moment();
        }

        private void answerFromBeyond() {
            beyond.connect(node).send(new Negotiate(id, about));
            moment();
        }

        Runnable rapidNegotiationDecided() {
            rapidNegotiation().run();
            return () -> assertThat(session.isOurTurn()).isTrue();
        }

        Runnable rapidSynchronization() {
            Runnable ordinary = () -> events.add("ordinary");
            loop.run(() -> asa.synchronizeRapidly(EX2, TIMEOUT, synchronization, ordinary));
            moment();
            asked();
            return expecting("value", () -> {
                beyond.connect(node).send(new Synch(id, EX2.withValue(1)));
                moment();
            });
        }

        Runnable rapidSynchronizationDecided() {
            rapidSynchronization().run();
            return () -> {};
        }

        Runnable rapidResponder() {
            loop.run(() -> asa.deregister("EX3"));
            loop.run(() -> asa.register(EX3, RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION)));
            NegotiationListening listening = listening(EX3);
            loop.run(() -> listening.request(1));
            peer.multicast(new Discovery(id, peerAddress(), about));
            moment();
            loop.run(() -> session.step(ObjectiveValue.of(3), TIMEOUT));
            moment();
            wire = lastAccepted(peer);
            return expecting("accepted", () -> send(new End(id, new GraspOption.Accept())));
        }

        // Extensions

        private ExtensionExchange exchange;

        Runnable extension() {
            exchange = loop.call(() ->
                    asa.ask(at(peer), EXTENSION, List.of(ObjectiveValue.of(1)), TIMEOUT, new ExtensionEvents() {
                        @Override
                        public void answered(ExtensionMessage message) {
                            events.add("answer");
                        }

                        @Override
                        public void completed() {
                            events.add("completed");
                        }

                        @Override
                        public void failed(GraspException failure) {
                            events.add(failure.code().rfcName());
                        }
                    }));
            loop.run(() -> exchange.request(Long.MAX_VALUE));
            moment();
            wire = lastAccepted(peer);
            id = wire.received.get(0).session();
            return expecting("answer", () -> {
                wire.send(hex("83" + "18c8" + uint32(id) + "01"));
                moment();
            });
        }

        Runnable extensionEnded() {
            extension();
            loop.run(exchange::cancel);
            moment();
            return over();
        }

        // Discovery

        private final DiscoveryEvents finding = new DiscoveryEvents() {
            @Override
            public void found(AsaLocator locator) {
                events.add("found");
            }

            @Override
            public void completed() {
                events.add("completed");
            }

            @Override
            public void failed(GraspException failure) {
                events.add(failure.code().rfcName());
            }
        };

        private Response response() {
            Locator locator = at(beyond).locator();
            return new Response(
                    id, node.addresses().get(0), 1000, List.of(new GraspOption.LocatorOption(locator)), null);
        }

        Runnable discovery() {
            loop.run(() -> asa.discover(EX3, TIMEOUT, finding));
            moment();
            asked();
            return expecting("found", () -> {
                beyond.connect(node).send(response());
                moment();
            });
        }

        Runnable discoveryEnded() {
            Cancellable discovery = loop.call(() -> asa.discover(EX3, TIMEOUT, finding));
            moment();
            asked();
            loop.run(discovery::cancel);
            return () -> {};
        }

        Runnable unicastDiscovery() {
            loop.run(() -> asa.discoverAt(EX3, at(peer), TIMEOUT, finding));
            moment();
            wire = lastAccepted(peer);
            id = wire.received.get(0).session();
            return expecting("found", () -> send(response()));
        }

        Runnable unicastDiscoveryEnded() {
            Cancellable discovery = loop.call(() -> asa.discoverAt(EX3, at(peer), TIMEOUT, finding));
            moment();
            wire = lastAccepted(peer);
            id = wire.received.get(0).session();
            loop.run(discovery::cancel);
            moment();
            return over();
        }

        // Connections of peers: the other session is one of ours with another peer

        Runnable connected() {
            NegotiationSession ours = loop.call(() -> asa.negotiate(about, at(beyond), TIMEOUT, negotiation));
            moment();
            otherId = ours.info().id();
            NegotiationListening listening = listening(EX3);
            loop.run(() -> listening.request(Long.MAX_VALUE));
            loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v")));
            wire = peer.connect(node);
            moment();
            return expecting("request", () -> send(new RequestNegotiation(new SessionId(4713), about)));
        }

        /** It is not answered, because no reachable node supports the objective. */
        Runnable discovered() {
            Runnable unchanged = connected();
            Objective unknown = Objective.negotiable("EX9").withLoopCount(1);
            send(new Discovery(new SessionId(4714), peerAddress(), unknown));
            return unchanged;
        }

        /** It may still be answered after later messages have been answered. */
        Runnable discoveryRelayed() {
            Runnable unchanged = connected();
            send(new Discovery(new SessionId(4714), peerAddress(), Objective.negotiable("EX9")));
            return unchanged;
        }

        Runnable discoveryAnswered() {
            connected();
            send(new Discovery(new SessionId(4714), peerAddress(), EX3));
            return over();
        }

        Runnable clashed() {
            Runnable unchanged = connected();
            send(new RequestNegotiation(otherId, about));
            return unchanged;
        }

        Runnable responded() {
            connected();
            send(new Response(
                    new SessionId(4714),
                    peerAddress(),
                    1000,
                    List.of(new GraspOption.LocatorOption(at(peer).locator())),
                    null));
            return () -> {};
        }

        Runnable refused() {
            connected();
            send(new RequestNegotiation(
                    new SessionId(4715), Objective.negotiable("EX9").withValue(1)));
            return over();
        }
    }
}
