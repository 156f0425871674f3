package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.extension.ExtensionEvents;
import io.grasp.engine.extension.ExtensionExchange;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.engine.extension.ReceivedOption;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.Flood;
import io.grasp.wire.Invalid;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.UnknownMessage;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages and options of later documents (RFC 8990 sections 2.8.2 and 5), with a neighbor that sends whatever the test requires. */
class ExtensionRulesTest extends EngineFixture {
    private static final int TYPE = 200;
    private static final int O_COSE_SIGN = 107; // of signed floods
    private static final SessionId ID = new SessionId(4711);
    private static final Objective EX1 = Objective.synchronizable("EX1");
    /** [200, 4711, "hi"]. */
    private static final byte[] MESSAGE = HexFormat.of().parseHex("83" + "18c8" + "191267" + "626869");

    private static final CborItem SIGNATURE = item("82" + "186b" + "43010203");

    private final SimNode node = network.node("engine");
    private final ScriptedPeer peer = newPeer("peer");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final RecordingObserver observed = new RecordingObserver();
    private final Handler<ReceivedExtension> messages = new Handler<>(received -> true);
    private final Handler<ReceivedOption> options = new Handler<>(received -> true);
    private final RecordingExtensionEvents events = new RecordingExtensionEvents();
    private GraspEngine engine;
    private EngineAsa asa;

    ExtensionRulesTest() {
        link("lan", peer.node, node);
        link("other", beyond.node, node);
    }

    @BeforeEach
    void start() {
        start(EngineConfig.DEFAULTS);
    }

    private void start(EngineConfig config) {
        engine = start(config, node, observed);
        asa = loop.call(() -> engine.registerAsa("handles"));
    }

    private static CborItem item(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return CborItem.wrap(bytes, 0, bytes.length);
    }

    private Cancellable handle() {
        return loop.call(() -> asa.onMessages(TYPE, messages));
    }

    private Cancellable handleOptions() {
        return loop.call(() -> asa.onOptions(O_COSE_SIGN, options));
    }

    private ScriptedPeer.Wire send(byte[] message) {
        ScriptedPeer.Wire wire = peer.connect(node);
        moment();
        wire.send(message);
        moment();
        return wire;
    }

    private static ExtensionMessage answerTo(ReceivedExtension question) {
        return new ExtensionMessage(
                TYPE, question.message().session(), null, List.of(ObjectiveValue.of((Object) "yes")));
    }

    // Messages

    @Test
    void anUnhandledMessageIsRefusedOnAConnectionAndDiscardedOnALink() {
        loop.call(() -> asa.onMessages(TYPE + 1, messages));
        ScriptedPeer.Wire wire = send(MESSAGE);
        assertThat(wire.received)
                .singleElement()
                .isInstanceOfSatisfying(
                        Invalid.class, invalid -> assertThat(invalid.session()).isEqualTo(ID));
        assertThat(wire.inputEnded).isTrue();
        peer.multicast(MESSAGE);
        moment();
        assertThat(peer.accepted).isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNKNOWN_TYPE, 2));
        assertThat(messages.received).isEmpty();
    }

    @Test
    void aHandlerAnswersOnTheSameConnection() {
        handle();
        ScriptedPeer.Wire wire = send(MESSAGE);
        ReceivedExtension question = messages.received.get(0);
        assertThat(question.message().options()).containsExactly(ObjectiveValue.of((Object) "hi"));
        assertThat(question.raw().bytes()).isEqualTo(MESSAGE);
        assertThat(question.path().kind()).isEqualTo(MessagePath.Kind.CONNECTION);
        assertThat(wire.received).isEmpty();

        List<Throwable> sent = new ArrayList<>();
        loop.run(() -> question.reply(answerTo(question), sent::add));
        wire.send(MESSAGE);
        moment();
        assertThat(sent).containsExactly((Throwable) null);
        assertThat(((UnknownMessage) wire.received.get(0)).raw().bytes())
                .isEqualTo(HexFormat.of().parseHex("83" + "18c8" + "191267" + "63796573"));
        assertThat(messages.received).as("another one on the same connection").hasSize(2);

        loop.advance(Timeouts.DEFAULTS.firstMessage());
        assertThat(wire.inputEnded).as("it is closed after a timeout").isTrue();
        loop.run(() -> question.reply(answerTo(question), sent::add));
        moment();
        assertThat(sent.get(1)).hasMessageContaining("closed");
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNDELIVERED, 1));
    }

    @Test
    void aMessageThatWaitsForAnAsaTakesLittleMoreMemoryThanItsBytes() {
        handle();
        byte[] many = new byte[1_200]; // [200, 0, 0, 0, ...]
        many[0] = (byte) 0x99;
        many[1] = (byte) (many.length - 4 >> 8);
        many[2] = (byte) (many.length - 4);
        many[3] = 0x18;
        many[4] = (byte) TYPE;
        long before = HeapUse.now();
        for (int i = 0; i < 100; i++) {
            peer.multicast(many);
            moment();
        }
        peer.multicasts.clear();
        long taken = HeapUse.now() - before;
        assertThat(messages.received).hasSize(100);
        assertThat(messages.received.get(99).message().options()).hasSize(many.length - 6);
        assertThat(taken / 100).isLessThan(2L * many.length);
    }

    @Test
    void eachMulticastReachesTheHandlerAndIsAnsweredAsADiscoveryIs() {
        handle();
        peer.multicast(MESSAGE);
        peer.multicast(MESSAGE);
        moment();
        assertThat(messages.received).hasSize(2);
        ReceivedExtension question = messages.received.get(0);
        loop.run(() -> question.reply(answerTo(question), Completion.IGNORED));
        moment();
        assertThat(((UnknownMessage) peer.accepted.get(0).received.get(0)).session())
                .isEqualTo(ID);
        assertThat(beyond.heard).as("relays do not know what it means").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"81" + "18c8", "82" + "18c8" + "6161", "83" + "18c8" + "1b0000000100000000" + "01"})
    void aMessageWithoutTheCommonStructureReachesNoHandler(String hex) {
        handle();
        peer.multicast(HexFormat.of().parseHex(hex));
        send(HexFormat.of().parseHex(hex));
        assertThat(messages.received).isEmpty();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNKNOWN_TYPE, 2));
    }

    @Test
    void aMessageThatNoHandlerTakesIsCountedAsDropped() {
        loop.call(() -> asa.onMessages(TYPE, new Handler<>(received -> false)));
        ScriptedPeer.Wire wire = send(MESSAGE);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.NO_DEMAND, 1));
        assertThat(wire.received).as("it is known").isEmpty();
        handle();
        wire.send(MESSAGE);
        moment();
        assertThat(messages.received).hasSize(1);
        assertThat(observed.foreignDrops())
                .as("one handler has accepted it")
                .containsOnly(Map.entry(DropReason.NO_DEMAND, 1));
    }

    @Test
    void cancellingAHandlerLeavesTheOthers() {
        Cancellable first = handle();
        Handler<ReceivedExtension> other = new Handler<>(received -> true);
        Cancellable second = loop.call(() -> asa.onMessages(TYPE, other));
        loop.run(first::cancel);
        loop.run(first::cancel);
        peer.multicast(MESSAGE);
        moment();
        assertThat(messages.received).isEmpty();
        assertThat(other.received).hasSize(1);
        loop.run(second::cancel);
        peer.multicast(MESSAGE);
        moment();
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNKNOWN_TYPE, 1));
        assertThat(messages.stopped + other.stopped).isZero();
    }

    @Test
    void theHandlersOfADeregisteredAsaGetNothingMore() {
        handle();
        handleOptions();
        loop.run(asa::deregister);
        ScriptedPeer.Wire wire = send(MESSAGE);

        assertThat(messages.received).isEmpty();
        assertThat(wire.received).singleElement().isInstanceOf(Invalid.class);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.UNKNOWN_TYPE, 1));
    }

    @Test
    void aMessageIsNotAnsweredAfterSecurityIsLost() {
        handle();
        peer.multicast(MESSAGE);
        moment();
        ReceivedExtension question = messages.received.get(0);
        loop.run(() -> node.setSecurity(Security.NONE));

        assertThatThrownBy(() -> loop.run(() -> question.reply(answerTo(question), Completion.IGNORED)))
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SECURITY));
        moment();
        assertThat(peer.accepted).isEmpty();
    }

    @Test
    void theConnectionOfAnExchangeIsClosedWhenItsTimeIsOver() {
        ask();
        ScriptedPeer.Wire wire = asked();
        loop.advance(TIMEOUT);
        moment();

        assertThat(events.end).containsExactly("completed");
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    void anExceptionInAHandlerDoesNotStopTheEngine() {
        List<Throwable> thrown = new ArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> thrown.add(failure));
        try {
            loop.call(() -> asa.onMessages(TYPE, new Handler<>(received -> {
                throw new IllegalStateException("oops");
            })));
            handle();
            send(MESSAGE);
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }
        assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(messages.received).hasSize(1);
    }

    @Test
    void theConnectionsOfExtensionSendersAreBounded() {
        handle();
        int most = Limits.DEFAULTS.connectionsPerPeer();
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (int i = 0; i < most + 5; i++) {
            wires.add(peer.connect(node));
        }
        moment();
        wires.forEach(wire -> wire.send(MESSAGE));
        moment();
        assertThat(messages.received).hasSize(most);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.PEER_CONNECTIONS, 5));
    }

    @Test
    void anOwnMulticastHeardOnAnotherLinkIsDropped() {
        handle();
        loop.run(() -> asa.multicast(TYPE, List.of(), Completion.IGNORED));
        moment();
        byte[] ours = peer.heard.get(0);
        assertThat(beyond.heard.get(0)).isEqualTo(ours);
        peer.multicast(ours);
        moment();
        assertThat(messages.received).isEmpty();
        assertThat(observed.foreignDrops()).isEmpty();
    }

    @Test
    void aMessageThatIsTooLongIsNotSent() {
        List<ObjectiveValue> large = List.of(ObjectiveValue.of((Object) "x".repeat(3000)));
        assertThatThrownBy(() -> loop.run(() -> asa.multicast(TYPE, large, Completion.IGNORED)))
                .isInstanceOf(GraspException.class)
                .hasMessageContaining(" bytes, this one has ");
        assertThatThrownBy(() -> loop.run(() -> asa.ask(there(), TYPE, large, TIMEOUT, events)))
                .isInstanceOf(GraspException.class);
        moment();
        assertThat(peer.heard).isEmpty();
    }

    // Asking one peer

    private AsaLocator there() {
        return AsaLocator.of(
                new Locator.Ipv6((Inet6Address) peer.node.addresses().get(0), Locator.TCP, peer.node.port()));
    }

    private ExtensionExchange ask() {
        return loop.call(() -> asa.ask(there(), TYPE, List.of(), TIMEOUT, events));
    }

    private ScriptedPeer.Wire asked() {
        moment();
        return peer.accepted.get(0);
    }

    private static UnknownMessage answer(ScriptedPeer.Wire wire, String text) {
        SessionId id = wire.received.get(0).session();
        return ExtensionCodec.write(new ExtensionMessage(TYPE, id, null, List.of(ObjectiveValue.of((Object) text))));
    }

    @Test
    void answersAreReadOnDemand() {
        ExtensionExchange exchange = ask();
        ScriptedPeer.Wire wire = asked();
        for (String text : List.of("a", "b", "c")) {
            wire.send(MessageEncoder.encode(answer(wire, text)));
        }
        moment();
        assertThat(events.answers).isEmpty();
        loop.run(() -> exchange.request(2));
        moment();
        assertThat(events.answers).containsExactly("a", "b");
        loop.run(() -> exchange.request(Long.MAX_VALUE));
        wire.close();
        moment();
        assertThat(events.answers).containsExactly("a", "b", "c");
        assertThat(events.end).containsExactly("completed");
    }

    @Test
    void anUnrelatedMessageIsDroppedAndAnInvalidFailsTheExchange() {
        ExtensionExchange exchange = ask();
        loop.run(() -> exchange.request(Long.MAX_VALUE));
        ScriptedPeer.Wire wire = asked();
        wire.send(MESSAGE); // another session
        moment();
        assertThat(events.answers).isEmpty();
        assertThat(events.end).isEmpty();
        assertThat(observed.foreignDrops()).hasSize(1);
        wire.send(new Invalid(wire.received.get(0).session(), null, List.of()));
        moment();
        assertThat(events.end).containsExactly("failed");
        assertThat(events.failure).hasMessageContaining("M_INVALID");
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    void malformedBytesAndABrokenConnectionFailTheExchange() {
        ExtensionExchange exchange = ask();
        loop.run(() -> exchange.request(1));
        asked().send(new byte[] {(byte) 0xff});
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);

        ExtensionExchange broken = ask();
        loop.run(() -> broken.request(1));
        moment();
        peer.accepted.get(1).abort();
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_SOCKET);
        assertThat(events.failure.isUnreached()).isFalse();
        assertThat(events.end).containsExactly("failed", "failed");
    }

    @Test
    void anUnreachablePeerFailsTheExchangeAndASilentOneCompletesIt() {
        loop.run(() -> asa.ask(
                AsaLocator.of(
                        new Locator.Ipv6((Inet6Address) peer.node.addresses().get(0), Locator.TCP, 1)),
                TYPE,
                List.of(),
                TIMEOUT,
                events));
        moment();
        assertThat(events.end).containsExactly("failed");
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertThat(events.failure.isUnreached()).isTrue();

        ask();
        loop.advance(TIMEOUT);
        assertThat(events.end).containsExactly("failed", "completed");
    }

    @Test
    void aPeerThatIsNotReachedInTimeFailsTheExchange() {
        loop.run(() -> asa.ask(there(), TYPE, List.of(), Duration.ofNanos(1), events));
        moment();
        assertThat(events.end).containsExactly("failed");
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_REPLY);
        assertThat(events.failure.isUnreached()).isTrue();
        assertThat(peer.accepted).allSatisfy(wire -> assertThat(wire.received).isEmpty());
    }

    @Test
    void cancellingAnExchangeClosesItsConnectionWithoutASignal() {
        ExtensionExchange exchange = ask();
        ScriptedPeer.Wire wire = asked();
        loop.run(exchange::cancel);
        loop.run(exchange::cancel);
        moment();
        assertThat(wire.inputEnded).isTrue();
        assertThat(events.end).isEmpty();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @Test
    void closingTheNodeOrLosingSecurityFailsTheExchangeWithThatReason() {
        ask();
        moment();
        node.setSecurity(Security.NONE);
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_SECURITY);
        assertThatThrownBy(this::ask).hasMessageContaining("protect the links");
        node.setSecurity(Security.ASSERTED);
        moment();
        ask();
        handle();
        handleOptions();
        moment();
        loop.run(() -> engine.close(failure -> {}));
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_SESSION);
        assertThat(events.end).containsExactly("failed", "failed");
        assertThat(messages.stopped).isEqualTo(1);
        assertThat(options.stopped).isEqualTo(1);
        assertThatThrownBy(this::handle).hasMessageContaining("closed");
    }

    // Options

    private Flood flood(CborItem... extras) {
        return new Flood(
                ID,
                peer.node.addresses().get(0),
                60_000,
                List.of(TaggedObjective.untagged(EX1.withValue(1))),
                List.of(extras));
    }

    @Test
    void anOptionOfAFloodIsReportedOnceAndRelayedUnchanged() {
        handleOptions();
        byte[] signed = MessageEncoder.encode(flood(item("8118c9"), SIGNATURE));
        peer.multicast(signed);
        peer.multicast(signed);
        moment();
        ReceivedOption option = options.received.get(0);
        assertThat(options.received).hasSize(1);
        assertThat(option.type()).isEqualTo(O_COSE_SIGN);
        assertThat(option.option().bytes()).isEqualTo(SIGNATURE.bytes());
        assertThat(option.messageType()).isEqualTo(9);
        assertThat(option.session()).isEqualTo(ID);
        assertThat(option.message().bytes()).isEqualTo(signed);

        assertThat(beyond.heard).hasSize(1);
        byte[] relayed = beyond.heard.get(0);
        int loopCount = HexFormat.of().formatHex(signed).indexOf("63455831") / 2 + 5; // after the name and the flags
        assertThat(relayed[loopCount]).isEqualTo((byte) (signed[loopCount] - 1));
        relayed[loopCount]++;
        assertThat(relayed).isEqualTo(signed);
    }

    @Test
    void aFloodIsSentWithAnOptionComputedFromItsBytes() {
        handleOptions();
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.register(EX1, RegistrationOptions.DEFAULTS));
        List<byte[]> covered = new ArrayList<>();
        loop.run(() -> asa.flood(
                List.of(TaggedObjective.untagged(EX1.withValue(1))),
                TIMEOUT,
                message -> {
                    covered.add(message);
                    return ObjectiveValue.ofItem(SIGNATURE);
                },
                Completion.IGNORED));
        moment();
        assertThat(covered).as("one for each link").hasSize(2);
        byte[] whole = peer.heard.get(0);
        // like a verifier: the message without its last element
        byte[] without = Arrays.copyOf(whole, whole.length - SIGNATURE.length());
        without[0]--;
        assertThat(without).isEqualTo(covered.get(0));
        assertThat(whole).endsWith(SIGNATURE.bytes());
        assertThat(((Flood) ScriptedPeer.decode(whole)).extras()).hasSize(1);
        assertThat(options.received).as("it is this node's own message").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8118" + "64", "8118" + "65", "8118" + "66", "8118" + "67", "01", "80", "826161" + "01", "8109"})
    @Proves({"8990-2.9.2-1", "8990-2.9.3-1", "8990-2.9.4-1"})
    void anOptionThatCouldBeMistakenInAFloodIsRefused(String hex) {
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.register(EX1, RegistrationOptions.DEFAULTS));
        assertThatThrownBy(() -> loop.run(() -> asa.flood(
                        List.of(TaggedObjective.untagged(EX1.withValue(1))),
                        TIMEOUT,
                        message -> ObjectiveValue.ofItem(item(hex)),
                        Completion.IGNORED)))
                .isInstanceOf(IllegalArgumentException.class);
        moment();
        assertThat(peer.heard).isEmpty();
        assertThat(loop.call(() -> asa.getFlood("EX1"))).isEmpty();
    }

    @Test
    void anOptionOfADiscoveryIsReportedOnceForEachPath() {
        handleOptions();
        Discovery asking =
                new Discovery(ID, peer.node.addresses().get(0), Objective.discoverable("EX9"), List.of(SIGNATURE));
        peer.multicast(asking);
        peer.multicast(asking);
        moment();
        assertThat(options.received).hasSize(1);
        assertThat(options.received.get(0).messageType()).isEqualTo(1);
        send(MessageEncoder.encode(new Discovery(
                new SessionId(2), peer.node.addresses().get(0), Objective.discoverable("EX9"), List.of(SIGNATURE))));
        assertThat(options.received).as("on a connection").hasSize(2);
    }

    @Test
    void anOptionOfARequestIsReported() {
        handleOptions();
        send(MessageEncoder.encode(new RequestNegotiation(ID, EX3.withValue(1), List.of(SIGNATURE))));
        assertThat(options.received).hasSize(1);
        assertThat(options.received.get(0).messageType()).isEqualTo(3);
        assertThat(options.received.get(0).path().kind()).isEqualTo(MessagePath.Kind.CONNECTION);
    }

    @Test
    void optionsWithoutAHandlerAreIgnoredAndDeclinedOnesAreCounted() {
        Cancellable handling = handleOptions();
        loop.run(handling::cancel);
        peer.multicast(MessageEncoder.encode(flood(SIGNATURE)));
        moment();
        assertThat(options.received).isEmpty();
        assertThat(observed.foreignDrops()).isEmpty();
        loop.call(() -> asa.onOptions(O_COSE_SIGN, new Handler<>(received -> false)));
        send(MessageEncoder.encode(new RequestNegotiation(ID, EX3.withValue(1), List.of(SIGNATURE, SIGNATURE))));
        assertThat(observed.foreignDrops())
                .containsOnly(Map.entry(DropReason.NO_DEMAND, 2), Map.entry(DropReason.NOT_LISTENING, 1));
    }

    private static final class Handler<T> implements ExtensionHandler<T> {
        final List<T> received = new ArrayList<>();
        final Predicate<T> takes;
        int stopped;

        Handler(Predicate<T> takes) {
            this.takes = takes;
        }

        @Override
        public boolean received(T what) {
            received.add(what);
            return takes.test(what);
        }

        @Override
        public void stopped() {
            stopped++;
        }
    }

    private static final class RecordingExtensionEvents implements ExtensionEvents {
        final List<String> answers = new ArrayList<>();
        final List<String> end = new ArrayList<>();
        GraspException failure;

        @Override
        public void answered(ExtensionMessage answer) {
            answers.add(answer.options().get(0).as(String.class));
        }

        @Override
        public void completed() {
            end.add("completed");
        }

        @Override
        public void failed(GraspException why) {
            end.add("failed");
            failure = why;
        }
    }
}
