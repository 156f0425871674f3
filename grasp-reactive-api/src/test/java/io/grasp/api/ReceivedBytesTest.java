package io.grasp.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.ScriptedPeer;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.wire.Flood;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The reaction of a node with the default settings to the bytes of a peer, and its effect on ASAs. */
class ReceivedBytesTest extends OneNode {
    private static final String EX3_OFFER = "84 63455833 03 05";
    private static final String ACCEPT = "811865";
    private static final String DECLINE = "821866626e6f"; // [102, "no"]
    private static final String DIVERT = "82 1864 84 1867 50 fd120000000000000000000000000001 06 191b69";
    private static final String STRAY = DIVERT + ACCEPT + DECLINE;

    private static void assertCode(Collected<?> call, GraspErrorCode code) {
        GraspContractTest.assertCode(call.awaitFailure(), code);
    }

    /** {@return a call that has sent a request to the peer} */
    private <T> Collected<T> requested(Collected<T> call) {
        moment();
        return call;
    }

    private Collected<Negotiation> negotiate() {
        return requested(world.collect(asa.requestNegotiate(EX3.withValue(1), at(peer))));
    }

    private Collected<Objective> synchronize() {
        return requested(world.collect(asa.synchronize(EX2, at(peer))));
    }

    private ScriptedPeer.Wire last() {
        return peer.accepted.get(peer.accepted.size() - 1);
    }

    // Requests

    private void assertClosedAtOnce(String what, String objective) {
        for (String message : List.of("83 03 1864" + objective, "83 04 1864" + objective.replace("03 06", "05 06"))) {
            ScriptedPeer.Wire wire = send(peer, message);
            assertThat(wire.received).as(what).isEmpty();
            assertThat(wire.inputEnded).as(what).isTrue();
        }
    }

    @Test
    @Proves("8990-2.8.6-6")
    void aRequestWithoutAListenerClosesTheConnectionAtOnce() {
        assertClosedAtOnce("no ASA has registered it", "84 63455839 03 06 01");
        assertClosedAtOnce("only registered", "84 63455833 03 06 01");
        assertClosedAtOnce("only registered", "84 63455832 03 06 01");

        Asa other = asa("other");
        Objective ex4 = Objective.negotiable("EX4");
        Objective ex5 = Objective.synchronizable("EX5");
        world.await(other.register(ex4));
        world.await(other.register(ex5));
        Collected<Negotiation> listening = world.collect(other.listenNegotiate(ex4));
        Collected<Void> withoutValue = world.collect(other.listenSynchronize(ex5, Flux.never()));
        assertClosedAtOnce("there is no value yet", "84 63455835 03 06 01");
        withoutValue.cancel();
        SynchronizationResponder serving = world.awaitOne(other.listenSynchronize(ex5.withValue("v")));
        listening.cancel();
        world.await(serving.stop());
        assertClosedAtOnce("no longer", "84 63455834 03 06 01");
        assertClosedAtOnce("no longer", "84 63455835 03 06 01");

        world.collect(other.listenNegotiate(ex4));
        world.awaitOne(other.listenSynchronize(ex5.withValue("v")));
        assertThat(send(peer, "83 04 1864 84 63455835 05 06 f6").received).hasSize(1);
        world.await(other.deregister());
        assertClosedAtOnce("the ASA is gone", "84 63455834 03 06 01");
        assertClosedAtOnce("the ASA is gone", "84 63455835 03 06 01");
    }

    private void assertDiscarded(String what, ScriptedPeer from, String id) {
        List<ScriptedPeer.Wire> wires = new ArrayList<>();
        for (String request : List.of("83 03" + id + "84 63455833 03 06 01", "83 04" + id + "84 63455832 05 06 f6")) {
            wires.add(send(from, request));
        }
        world.loop.advance(Duration.ofSeconds(59));
        assertThat(wires).as(what).allSatisfy(wire -> {
            assertThat(wire.received).isEmpty();
            assertThat(wire.inputEnded)
                    .as("its initiator's timer expires first")
                    .isFalse();
        });
        world.loop.advance(Duration.ofSeconds(2));
        assertThat(wires).as(what).allSatisfy(wire -> assertThat(wire.received).isEmpty());
    }

    @Test
    @Proves({"8990-2.8.6-7", "8990-2.8.6-8"})
    void aRequestWithAnActiveSessionIdIsDiscarded() {
        Collected<Negotiation> taken = world.collect(asa.listenNegotiate(EX3));
        world.awaitOne(asa.listenSynchronize(EX2.withValue("v")));
        Duration long1 = Duration.ofHours(1);
        Map<String, Supplier<Collected<?>>> ours = new LinkedHashMap<>();
        ours.put(
                "negotiation",
                () -> world.collect(asa.requestNegotiate(
                        EX3.withValue(1), RequestOptions.to(at(peer)).withTimeout(long1))));
        ours.put(
                "synchronization",
                () -> world.collect(
                        asa.synchronize(EX2, RequestOptions.to(at(peer)).withTimeout(long1))));
        ours.put("discovery", () -> world.collect(asa.discover(Objective.discoverable("EX6"), long1)));
        ours.put(
                "rapid",
                () -> world.collect(asa.rapid().requestNegotiate(EX3.withValue(1), RequestOptions.within(long1))));
        ours.forEach((what, begin) -> {
            peer.heard.clear();
            peer.accepted.clear();
            Collected<?> call = begin.get();
            moment();
            String id = id(
                    peer.accepted.isEmpty()
                            ? ScriptedPeer.decode(peer.heard.get(0)).session()
                            : last().received.get(0).session());
            for (ScriptedPeer from : List.of(peer, beyond)) {
                assertDiscarded(what, from, id);
            }
            assertThat(taken.values()).as(what).isEmpty();
            call.cancel();
            moment();
            assertThat(send(beyond, "83 04" + id + "84 63455832 05 06 f6").received)
                    .as("%s, after its end", what)
                    .hasSize(1);
        });

        ScriptedPeer.Wire theirs = send(peer, "83 03 1864 84 63455833 03 06 01");
        assertThat(taken.values()).hasSize(1);
        assertDiscarded("a negotiation of the same peer", peer, "1864");
        assertThat(taken.values()).hasSize(1);
        assertThat(theirs.inputEnded).isFalse();
        assertThat(send(beyond, "83 04 1864 84 63455832 05 06 f6").received)
                .as("a session of another peer has the same ID by chance")
                .hasSize(1);
        taken.cancel();
    }

    // Timers

    private void assertFailsIn(Duration time, Collected<?> call, GraspErrorCode code) {
        world.loop.advance(time.minusSeconds(1));
        assertThat(call.isEnded()).isFalse();
        world.loop.advance(Duration.ofSeconds(1));
        assertThat(call.isEnded()).isTrue();
        assertCode(call, code);
        moment();
        assertThat(last().inputEnded).isTrue();
    }

    private void assertFailsAfterAMinute(Collected<?> call, GraspErrorCode code) {
        assertFailsIn(Duration.ofMinutes(1), call, code);
    }

    @Test
    @Proves({"8990-2.8.6-3", "8990-2.8.6-4", "8990-2.8.9-3"})
    void aSessionWithASilentPeerFailsAfterAMinute() {
        assertFailsAfterAMinute(synchronize(), GraspErrorCode.NO_SYNCH_REPLY);
        assertFailsAfterAMinute(negotiate(), GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertFailsAfterAMinute(
                requested(world.collect(asa.negotiate(EX3.withValue(1), at(peer), offers -> Flux.never()))),
                GraspErrorCode.NO_NEGOTIATION_REPLY);

        Collected<Negotiation> request = negotiate();
        last().send(bytes("83 05" + id(last()) + EX3_OFFER + "02"));
        Collected<Negotiation> step =
                world.collect(request.awaitValues(1).get(0).step(3));
        assertFailsAfterAMinute(step, GraspErrorCode.NO_NEGOTIATION_REPLY);

        Collected<NegotiationOutcome> conversation = requested(world.collect(
                asa.negotiate(EX3.withValue(1), at(peer), offers -> offers.map(offer -> Move.propose(3)))));
        last().send(bytes("83 05" + id(last()) + EX3_OFFER + "02"));
        moment();
        assertThat(last().received).hasSize(2);
        assertFailsAfterAMinute(conversation, GraspErrorCode.NO_NEGOTIATION_REPLY);

        learn(EX2);
        learn(EX3);
        assertFailsAfterAMinute(
                requested(world.collect(asa.requestNegotiate(EX3.withValue(1)))), GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertFailsAfterAMinute(requested(world.collect(asa.synchronize(EX2))), GraspErrorCode.NO_SYNCH_REPLY);
    }

    @Test
    @Proves({"8990-2.8.9-3", "8990-2.8.9-4"})
    void aWaitReplacesTheTimer() {
        for (int steps = 0; steps <= 1; steps++) {
            for (long seconds : new long[] {5, 120}) {
                Collected<Negotiation> waiting = negotiate();
                ScriptedPeer.Wire wire = last();
                if (steps == 1) {
                    wire.send(bytes("83 05" + id(wire) + EX3_OFFER + "02"));
                    waiting = world.collect(waiting.awaitValues(1).get(0).step(3));
                }
                String wait = "83 07" + id(wire) + number(1000 * seconds);
                for (int i = 0; i < 3; i++) {
                    wire.send(bytes(wait));
                    world.loop.advance(Duration.ofSeconds(seconds - 1));
                    assertThat(waiting.isEnded())
                            .as("wait %s of %s s", i, seconds)
                            .isFalse();
                }
                wire.send(bytes(wait));
                world.loop.advance(Duration.ofMillis(2));
                assertFailsIn(Duration.ofSeconds(seconds), waiting, GraspErrorCode.NO_NEGOTIATION_REPLY);
            }
        }
    }

    // Exhausted loop counts

    private static final String EXHAUSTED = "82 1866 74" + "4c6f6f7020636f756e7420657868617573746564";

    @Test
    @Proves("8990-2.8.7-4")
    void anOfferWithLoopCountZeroIsNotSent() {
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        for (String left : List.of("01", "00")) {
            ScriptedPeer.Wire theirs = send(peer, "83 03 1864 84 63455833 03" + left + "01");
            Negotiation taken = listening.values().get(listening.values().size() - 1);
            assertCode(world.collect(taken.step(2)), GraspErrorCode.LOOP_EXHAUSTED);
            moment();
            assertThat(hex(theirs.bytes)).as("as responder").containsExactly(plain("83 06 1864" + EXHAUSTED));

            Collected<Negotiation> request = negotiate();
            ScriptedPeer.Wire ours = last();
            ours.send(bytes("83 05" + id(ours) + "84 63455833 03" + left + "02"));
            assertCode(world.collect(request.awaitValues(1).get(0).step(3)), GraspErrorCode.LOOP_EXHAUSTED);
            moment();
            assertThat(hex(ours.bytes).subList(1, ours.bytes.size()))
                    .as("as initiator")
                    .containsExactly(plain("83 06" + id(ours) + EXHAUSTED));

            Collected<NegotiationOutcome> conversation = requested(world.collect(
                    asa.negotiate(EX3.withValue(1), at(peer), offers -> offers.map(offer -> Move.propose(3)))));
            ScriptedPeer.Wire third = last();
            third.send(bytes("83 05" + id(third) + "84 63455833 03" + left + "02"));
            assertCode(conversation, GraspErrorCode.LOOP_EXHAUSTED);
            moment();
            assertThat(hex(third.bytes).subList(1, third.bytes.size()))
                    .as("in a conversation")
                    .containsExactly(plain("83 06" + id(third) + EXHAUSTED));
        }
        listening.cancel();
    }

    // Dry run

    @Test
    @Proves("8990-2.10.2-1")
    void dryRunAndLiveOffersCannotBeMixedInEitherRole() {
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        for (boolean dry : new boolean[] {false, true}) {
            String same = "84 63455833" + (dry ? "0b" : "03");
            String mixed = "84 63455833" + (dry ? "03" : "0b");

            ScriptedPeer.Wire theirs = send(peer, "83 03 1864" + same + "06 01");
            Negotiation taken = listening.values().get(listening.values().size() - 1);
            Collected<Negotiation> step = world.collect(taken.step(2));
            moment();
            assertThat(hex(theirs.bytes)).containsExactly(plain("83 05 1864" + same + "05 02"));
            assertComplains(theirs, "83 05 1864" + mixed + "04 03", "1864");
            assertCode(step, GraspErrorCode.INVALID_NEGOTIATE);

            Collected<Negotiation> request = requested(
                    world.collect(asa.requestNegotiate(EX3.withDryRun(dry).withValue(1), at(peer))));
            ScriptedPeer.Wire ours = last();
            ours.send(bytes("83 05" + id(ours) + same + "05 02"));
            Collected<Negotiation> next =
                    world.collect(request.awaitValues(1).get(0).step(3));
            moment();
            assertThat(hex(ours.bytes))
                    .containsExactly(plain("83 03" + id(ours) + same + "06 01", "83 05" + id(ours) + same + "04 03"));
            assertComplains(ours, "83 05" + id(ours) + mixed + "03 04", id(ours));
            assertCode(next, GraspErrorCode.INVALID_NEGOTIATE);
        }
        listening.cancel();
    }

    // Events that end a session for its ASA

    private void assertFailsAtOnce(Collected<?> call, GraspErrorCode code) {
        moment();
        assertThat(call.isEnded()).as("without a timeout").isTrue();
        assertCode(call, code);
    }

    /** @param harm the action of a peer that ends a session with this ID */
    private void assertSessionsFail(
            BiConsumer<ScriptedPeer.Wire, String> harm, GraspErrorCode unanswered, GraspErrorCode underWay) {
        Collected<Negotiation> request = negotiate();
        harm.accept(last(), id(last()));
        assertFailsAtOnce(request, unanswered);

        Collected<NegotiationOutcome> conversation = requested(world.collect(
                asa.negotiate(EX3.withValue(1), at(peer), offers -> offers.map(offer -> Move.propose(3)))));
        last().send(bytes("83 05" + id(last()) + EX3_OFFER + "02"));
        moment();
        harm.accept(last(), id(last()));
        assertFailsAtOnce(conversation, underWay);

        Negotiation ours = offered();
        Collected<Negotiation> step = requested(world.collect(ours.step(3)));
        harm.accept(last(), id(last()));
        assertFailsAtOnce(step, underWay);
        assertThat(ours.outcome()).as("neither accepted nor declined").isEmpty();

        Negotiation inTurn = offered();
        harm.accept(last(), id(last()));
        moment();
        assertFailsAtOnce(world.collect(inTurn.accept()), underWay);
        assertThat(inTurn.outcome()).isEmpty();

        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        ScriptedPeer.Wire theirs = send(peer, "83 03 1864 84 63455833 03 06 01");
        Negotiation asked = listening.values().get(0);
        step = requested(world.collect(asked.step(2)));
        harm.accept(theirs, "1864");
        assertFailsAtOnce(step, underWay);
        assertThat(asked.outcome()).isEmpty();

        harm.accept(send(peer, "83 03 1865 84 63455833 03 06 01"), "1865");
        moment();
        Negotiation unanswering = listening.values().get(1);
        assertFailsAtOnce(world.collect(unanswering.accept()), underWay);
        assertThat(unanswering.outcome()).isEmpty();
        listening.cancel();
    }

    /** {@return a negotiation that the peer has answered with an offer} */
    private Negotiation offered() {
        Collected<Negotiation> request = negotiate();
        last().send(bytes("83 05" + id(last()) + EX3_OFFER + "02"));
        return request.awaitValues(1).get(0);
    }

    @Test
    @Proves({"8990-2.2-3", "8990-2.5.5-5"})
    void aConnectionThatBreaksOrIsClosedFailsTheNegotiationInEachRole() {
        assertSessionsFail(
                (wire, id) -> wire.abort(), GraspErrorCode.NO_NEGOTIATION_REPLY, GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertSessionsFail((wire, id) -> wire.close(), GraspErrorCode.NO_PEER, GraspErrorCode.NO_PEER);

        Collected<Negotiation> asked = negotiate();
        last().send(bytes("83 07" + id(last()) + "1a00015f90")); // 90 s
        moment();
        last().close();
        assertFailsAtOnce(asked, GraspErrorCode.NO_NEGOTIATION_REPLY);
    }

    /** No objective, an empty message, and input that is not CBOR. */
    @Test
    @Proves("8991-2.3.2.4-4")
    void aMalformedMessageFailsTheCallsOfItsSession() {
        for (String malformed : List.of("83 05 %s ff", "82 05 %s", "1c")) {
            assertSessionsFail(
                    (wire, id) -> wire.send(bytes(String.format(malformed, id))),
                    GraspErrorCode.CBOR_FAIL,
                    GraspErrorCode.CBOR_FAIL);
            Collected<Objective> value = synchronize();
            last().send(bytes(String.format(malformed.replaceFirst(" 05", " 08"), id(last()))));
            assertFailsAtOnce(value, GraspErrorCode.CBOR_FAIL);
        }
    }

    /**
     * Users log in an observer: it is notified of messages of a peer on a connection, in a session, and on a
     * link.
     */
    @Test
    @Proves({"8990-2.8.2-3", "8990-2.8.2-5"})
    void anObserverIsNotifiedOfMessagesOfUnknownTypes() {
        CountingObserver observer = new CountingObserver();
        start(config -> config.withObserver(observer));
        send(peer, "83 1837 1864 6178");
        assertThat(observer.drops).containsOnly(entry(DropReason.UNKNOWN_TYPE, 1));
        Collected<Negotiation> request = negotiate();
        last().send(bytes("83 1837" + id(last()) + "6178"));
        moment();
        assertThat(observer.drops).containsOnly(entry(DropReason.UNKNOWN_TYPE, 2));
        peer.multicast(bytes("83 1837 1864 6178"));
        moment();
        assertThat(observer.drops).containsOnly(entry(DropReason.UNKNOWN_TYPE, 3));
        request.cancel();
    }

    // M_INVALID

    /**
     * A message of the peer is answered by an M_INVALID that has its Session ID and a copy of it, and by no other message.
     */
    private void assertComplains(ScriptedPeer.Wire wire, String message, String id) {
        int before = wire.bytes.size();
        wire.send(bytes(message));
        moment();
        assertThat(hex(wire.bytes).subList(before, wire.bytes.size()))
                .as(message)
                .containsExactly(plain("83 1863" + id + string(bytes(message))));
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    @Proves({"8990-2.8.12-1", "8990-2.8.12-2", "8990-2.8.12-3", "8990-4-1", "8991-2.3.7-2"})
    void anInvalidMessageIsAnsweredWithItsSessionIdAndACopy() {
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        world.awaitOne(asa.listenSynchronize(EX2.withValue("v")));
        for (String first : List.of(
                "83 1837 1864 6178", // of an unknown type
                "83 03 1864 80", // without an objective
                "83 03 1864 84 63455833 01 06 01", // about an objective that does not support negotiation
                "83 04 1864 84 63455832 01 06 01")) {
            assertComplains(peer.connect(node), first, "1864");
        }
        assertThat(listening.values()).isEmpty();

        for (String offer : List.of(
                "84 63455839 03 05 02", // another objective
                "84 63455833 01 05 02", // does not support negotiation
                "80")) {
            Collected<Negotiation> request = negotiate();
            assertComplains(last(), "83 05" + id(last()) + offer, id(last()));
            assertThat(request.isEnded()).isTrue();

            ScriptedPeer.Wire theirs = send(peer, "83 03 1864 84 63455833 03 06 01");
            listening.values().get(listening.values().size() - 1).step(2).subscribe(done -> {}, failure -> {});
            moment();
            assertComplains(theirs, "83 05 1864" + offer, "1864");
        }
        Collected<Negotiation> ending = negotiate();
        assertComplains(last(), "83 06" + id(last()) + "81186c", id(last()));
        assertCode(ending, GraspErrorCode.INVALID_END);
        Collected<Negotiation> twice = negotiate();
        last().send(bytes("83 05" + id(last()) + EX3_OFFER + "02"));
        moment();
        assertComplains(last(), "83 05" + id(last()) + EX3_OFFER + "02", id(last()));
        twice.cancel();

        for (String value : List.of("84 63455839 05 06 02", "84 63455832 01 06 02", "80")) {
            Collected<Objective> request = synchronize();
            assertComplains(last(), "83 08" + id(last()) + value, id(last()));
            assertThat(request.isEnded()).isTrue();
        }
        ScriptedPeer.Wire theirs = send(peer, "83 03 1865 84 63455833 03 06 01");
        world.await(listening.values().get(listening.values().size() - 1).sendInvalid(new byte[] {1, 2}));
        moment();
        assertThat(hex(theirs.bytes)).as("by the ASA").containsExactly(plain("83 1863 1865 42 0102"));
        Collected<Negotiation> request = negotiate();
        ScriptedPeer.Wire ours = last();
        ours.send(bytes("83 05" + id(ours) + EX3_OFFER + "02"));
        world.await(request.awaitValues(1).get(0).sendInvalid(new byte[] {1, 2}));
        moment();
        assertThat(hex(ours.bytes).get(1)).as("by an initiator").isEqualTo(plain("83 1863" + id(ours) + "42 0102")[0]);
        assertThat(ours.inputEnded).isTrue();
        listening.cancel();
    }

    // Options that are not allowed in the message

    /** Each is followed by O_DIVERT, O_ACCEPT and O_DECLINE, and has the same effect as without them. */
    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2", "8990-2.9.3-2", "8990-2.9.4-2"})
    void strayOptionsAreIgnored() {
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        world.awaitOne(asa.listenSynchronize(EX2.withValue("v")));

        peer.multicast(bytes("87 01 07" + address(peer.node) + "84 63455833 03 01 f6" + STRAY));
        moment();
        assertThat(hex(last().bytes)).containsExactly(plain("85 02 07" + address(peer.node) + "19ea60" + option(node)));
        assertThat(hex(send(peer, "86 04 1864 84 63455832 05 06 f6" + STRAY).bytes))
                .containsExactly(plain("83 08 1864 84 63455832 05 06 6176"));
        ScriptedPeer.Wire theirs = send(peer, "86 03 1864 84 63455833 03 06 01" + STRAY);
        world.collect(listening.awaitValues(1).get(0).step(2));
        moment();
        assertThat(hex(theirs.bytes)).containsExactly(plain("83 05 1864 84 63455833 03 05 02"));

        Collected<Negotiation> request = negotiate();
        ScriptedPeer.Wire ours = last();
        ours.send(bytes("86 07" + id(ours) + "1a00015f90" + STRAY)); // 90 s
        world.loop.advance(Duration.ofSeconds(80));
        ours.send(bytes("86 05" + id(ours) + EX3_OFFER + "07" + STRAY));
        Negotiation negotiation = request.awaitValues(1).get(0);
        assertThat(negotiation.outcome()).isEmpty();
        assertThat(negotiation.objective().value()).hasToString("7");
        Collected<Negotiation> step = world.collect(negotiation.step(8));
        ours.send(bytes("86 1863" + id(ours) + "f6" + STRAY));
        assertCode(step, GraspErrorCode.NO_VALID_STEP);
        moment();
        assertThat(ours.received).as("its request and its step").hasSize(2);

        Collected<Objective> value = synchronize();
        last().send(bytes("86 08" + id(last()) + "84 63455832 05 06 6177" + STRAY));
        assertThat(value.awaitEnd().get(0).value()).hasToString("\"w\"");
        assertThat(last().received).hasSize(1);

        int before = peer.accepted.size();
        peer.multicast(bytes("88 09 09" + address(peer.node) + "1903e8 82 84 63455835 05 06 01 80" + STRAY));
        moment();
        assertThat(world.await(asa.getFlood("EX5"))).hasSize(1);
        assertThat(world.await(asa.discover(Objective.synchronizable("EX5"), DiscoverOptions.knownOnly())))
                .as("nothing was diverted")
                .isEmpty();
        assertThat(peer.accepted).hasSize(before);
        listening.cancel();
    }

    /** RFC 8990 section 2.9.1: truncated input, or input that is not CBOR, is not an option, and no part of its message is used. */
    @Test
    @Proves("8990-2.9.1-3")
    void aMessageWithAnOptionThatIsNotWellFormedIsNotUsed() {
        String flood = "85 09 09" + address(peer.node) + "1903e8 82 84 63455835 05 06 01";
        for (String option : List.of("84 1867 50 fd12", "84 1868 44 c0000201 06", "82 1c 00", "82 1869 ff")) {
            peer.multicast(bytes(flood + option));
            moment();
            assertThat(world.await(asa.getFlood("EX5"))).as(option).isEmpty();
        }
        peer.multicast(bytes(flood + "80"));
        moment();
        assertThat(world.await(asa.getFlood("EX5"))).hasSize(1);
        Collected<Negotiation> request = negotiate();
        last().send(bytes("83 06" + id(last()) + "82 1865 1c"));
        assertCode(request, GraspErrorCode.CBOR_FAIL);
    }

    // The flood cache

    private static List<Locator> tags() {
        try {
            return Arrays.asList(
                    null,
                    new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.TCP, 443),
                    new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.TCP, 444),
                    new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.UDP, 443),
                    new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::2"), Locator.TCP, 443),
                    new Locator.Ipv4((Inet4Address) InetAddress.getByName("192.0.2.1"), Locator.TCP, 443),
                    new Locator.Fqdn("a.example", Locator.TCP, 443),
                    Locator.uri("https://a.example/"));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void flood(ScriptedPeer from, int id, int ttlSeconds, Objective objective, Locator tag) {
        from.multicast(new Flood(
                new SessionId(id),
                from.node.addresses().get(0),
                1000L * ttlSeconds,
                List.of(new TaggedObjective(objective, tag))));
        moment();
    }

    private static List<Object> valuesOf(List<FloodedObjective> floods) {
        return floods.stream()
                .map(each -> (Object) each.objective().value().toString())
                .toList();
    }

    @Test
    @Proves({"8990-2.8.11-7", "8990-2.8.11-8", "8990-2.8.11-9", "8990-2.8.11-10"})
    void floodsAreCachedByNameAndTagForAllAsas() {
        List<Locator> tags = tags();
        for (int i = 0; i < tags.size(); i++) {
            flood(peer, 10 + i, 500, EX2.withValue(i), tags.get(i));
        }
        Asa later = asa("later");
        for (Asa each : List.of(asa, later)) {
            assertThat(world.await(each.getFlood("EX2")))
                    .extracting(FloodedObjective::locator)
                    .isEqualTo(tags);
            assertThat(valuesOf(world.await(each.getFlood("EX2"))))
                    .containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
        }
        for (int i = 0; i < tags.size(); i++) {
            flood(beyond, 20 + i, 40, EX2.withLoopCount(1).withValue(10 + i), tags.get(i));
            assertThat(world.await(later.getFlood("EX2"))).hasSameSizeAs(tags);
        }
        List<FloodedObjective> overwritten = world.await(asa.getFlood("EX2"));
        assertThat(overwritten).extracting(FloodedObjective::locator).isEqualTo(tags);
        assertThat(valuesOf(overwritten)).containsExactly("10", "11", "12", "13", "14", "15", "16", "17");
        assertThat(overwritten).allSatisfy(each -> {
            assertThat(each.initiator()).isEqualTo(beyond.node.addresses().get(0));
            assertThat(each.objective().loopCount()).isEqualTo(1);
            assertThat(each.ttl()).isLessThanOrEqualTo(Duration.ofSeconds(40));
        });
        flood(peer, 30, 100, Objective.synchronizable("EX1").withValue("other"), null);
        assertThat(world.await(asa.getFlood("EX2"))).as("another name").hasSameSizeAs(tags);
    }

    @Test
    @Proves("8990-2.8.11-11")
    void floodsAreNotUsedAfterTheirLifetime() {
        List<Locator> tags = tags();
        for (int i = 0; i < tags.size(); i++) {
            flood(peer, 10 + i, 10, EX2.withValue(i), tags.get(i));
        }
        flood(peer, 30, 0, Objective.synchronizable("EX1").withValue("for ever"), null);
        Objective own = Objective.synchronizable("EX5");
        world.await(asa.register(own));
        world.await(asa.flood(own.withValue(1), Duration.ofSeconds(10)));
        world.loop.advance(Duration.ofSeconds(9));
        assertThat(world.await(asa.getFlood("EX2"))).hasSameSizeAs(tags);
        assertThat(world.await(asa.getFlood("EX5"))).hasSize(1);
        world.loop.advance(Duration.ofSeconds(2));

        assertThat(world.await(asa.getFlood("EX2"))).isEmpty();
        assertThat(world.await(asa.getFlood("EX5"))).isEmpty();
        Collected<FloodedObjective> watching = world.collect(asa.floods("EX2"));
        moment();
        assertThat(watching.values()).isEmpty();
        watching.cancel();
        assertCode(
                world.collect(asa.synchronize(EX2, RequestOptions.within(Duration.ofSeconds(1)))),
                GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED);
        assertThat(world.await(asa.getFlood("EX1"))).hasSize(1);
    }

    // Names

    /** One letter that Unicode can encode in two ways, and the same in capitals. */
    @Test
    @Proves("8990-2.10.1-7")
    void objectiveNamesAreComparedByteForByte() {
        List<String> names = List.of("caf\u00e9", "cafe\u0301", "CAF\u00c9");
        List<Collected<Negotiation>> negotiations = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Objective served = Objective.synchronizable(names.get(i));
            Objective negotiated = Objective.negotiable("n-" + names.get(i));
            world.await(asa.register(served));
            world.await(asa.register(negotiated));
            world.awaitOne(asa.listenSynchronize(served.withValue(i)));
            negotiations.add(world.collect(asa.listenNegotiate(negotiated)));
            flood(peer, 10 + i, 100, served.withValue(100 + i), null);
        }
        for (int i = 0; i < names.size(); i++) {
            byte[] name = names.get(i).getBytes(UTF_8);
            String head = "84" + String.format("%02x", 0x60 + name.length) + hex(name);
            assertThat(hex(send(peer, "83 04 1864" + head + "05 06 f6").bytes))
                    .containsExactly(plain("83 08 1864" + head + "05 06" + number(i)));
            assertThat(valuesOf(world.await(asa.getFlood(names.get(i))))).containsExactly(String.valueOf(100 + i));
            send(
                    peer,
                    "83 03" + number(i) + "84" + String.format("%02x", 0x62 + name.length) + "6e2d" + hex(name)
                            + "03 06 01");
            for (int j = 0; j < names.size(); j++) {
                assertThat(negotiations.get(j).values()).hasSize(j <= i ? 1 : 0);
            }
        }
        negotiations.forEach(Collected::cancel);

        Objective negotiated = Objective.negotiable("n-" + names.get(0));
        Collected<Negotiation> request =
                requested(world.collect(asa.requestNegotiate(negotiated.withValue(1), at(peer))));
        assertComplains(last(), "83 05" + id(last()) + "84 67 6e2d 434146c389 03 05 02", id(last()));
        assertCode(request, GraspErrorCode.INVALID_NEGOTIATE);
        Objective served = Objective.synchronizable(names.get(0));
        Collected<Objective> value = requested(world.collect(asa.synchronize(served, at(peer))));
        assertComplains(last(), "83 08" + id(last()) + "84 65 434146c389 05 05 02", id(last()));
        assertCode(value, GraspErrorCode.NO_VALID_SYNCH);

        Collected<FloodedObjective> watching = world.collect(asa.floods(names.get(0)));
        flood(peer, 20, 100, Objective.synchronizable(names.get(2)).withValue(7), null);
        assertThat(valuesOf(watching.values())).containsExactly("100");
        watching.cancel();
        learn(Objective.discoverable("d-" + names.get(0)));
        for (String name : names) {
            assertThat(world.await(asa.discover(Objective.discoverable("d-" + name), DiscoverOptions.knownOnly())))
                    .as(name)
                    .hasSize(name.equals(names.get(0)) ? 1 : 0);
        }
    }

    // Discovery

    @Test
    @Proves("8990-2.10.4-8")
    void everyObjectiveCanBeDiscovered() {
        List<Integer> kinds = List.of(
                Objective.F_DISC,
                Objective.F_DISC | Objective.F_NEG,
                Objective.F_DISC | Objective.F_NEG | Objective.F_NEG_DRY,
                Objective.F_DISC | Objective.F_SYNCH,
                Objective.F_NEG,
                Objective.F_SYNCH);
        for (int flags : kinds) {
            Objective objective = new Objective("kind " + flags, flags, 6, ObjectiveValue.NONE);
            world.await(asa.register(objective, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        }
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        world.awaitOne(asa.listenSynchronize(EX2.withValue("v")));
        List<String> names = new ArrayList<>(List.of("EX2", "EX3"));
        kinds.forEach(flags -> names.add("kind " + flags));
        for (String name : names) {
            peer.accepted.clear();
            String text = String.format("%02x", 0x60 + name.length()) + hex(name.getBytes(UTF_8));
            peer.multicast(
                    bytes("84 01" + number(100 + names.indexOf(name)) + address(peer.node) + "83" + text + "01 01"));
            moment();
            assertThat(peer.accepted).as(name).hasSize(1);
            assertThat(hex(last().bytes)).as(name).singleElement().asString().endsWith(plain(option(node))[0]);
        }
        listening.cancel();
    }

    private static List<AsaLocator> direct(List<AsaLocator> found) {
        return found.stream().filter(each -> !each.diverted()).toList();
    }

    @Test
    @Proves("8990-2.9.2-3")
    void anAsaCanRestrictItselfToDirectResponses() {
        Collected<AsaLocator> found = world.collect(asa.discover(EX3, Duration.ofSeconds(1)));
        moment();
        String asked = id(ScriptedPeer.decode(peer.heard.get(0)).session());
        peer.reply(
                ScriptedPeer.decode(bytes("85 02" + asked + address(node) + "1a000927c0 82 1864" + option(peer.node))));
        world.loop.advance(Duration.ofSeconds(1));
        assertThat(found.values()).extracting(AsaLocator::diverted).containsExactly(true);

        assertCode(
                world.collect(asa.requestNegotiate(
                        EX3.withValue(1),
                        RequestOptions.within(Duration.ofSeconds(1)).withPeerSelector(ReceivedBytesTest::direct))),
                GraspErrorCode.NO_DISCOVERY_REPLY);
        assertThat(peer.accepted).isEmpty();
        Collected<Negotiation> any = requested(world.collect(asa.requestNegotiate(EX3.withValue(1))));
        assertThat(peer.accepted).hasSize(1);
        any.cancel();
    }

    /** For one discovery or several, on one link or on several. */
    @Test
    @Proves({"8990-2.5.4.3-9", "8990-2.5.4.3-15"})
    void allRespondersOfAnObjectiveAreCached() {
        String linkLocal = "84 1867 50 fe800000000000000000000000000077 06 191b69";
        String ula = "84 1867 50 fd12000000000000000000000000000%d 06 191b69";
        discover(Map.of(peer, List.of(ula.formatted(1), linkLocal), beyond, List.of(ula.formatted(2))));
        discover(Map.of(beyond, List.of(linkLocal, "82 1864" + ula.formatted(3))));
        discover(Map.of());

        assertThat(world.await(asa.discover(EX3, DiscoverOptions.knownOnly())))
                .extracting(found -> found.locator() + " on " + found.link())
                .containsExactlyInAnyOrder(
                        "[fd12::1]:7017 on lan",
                        "[fd12::2]:7017 on other",
                        "[fd12::3]:7017 on other",
                        "[fe80::77]:7017 on lan",
                        "[fe80::77]:7017 on other");
    }

    /** A discovery from its beginning to its end, and the peers' answers to it. */
    private void discover(Map<ScriptedPeer, List<String>> answers) {
        world.collect(asa.discover(EX3, Duration.ofMillis(40)));
        world.loop.advance(Duration.ofMillis(10));
        String asked =
                id(ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1)).session());
        answers.forEach((from, options) -> options.forEach(option ->
                from.reply(ScriptedPeer.decode(bytes("85 02" + asked + address(node) + "1a000927c0" + option)))));
        moment();
    }

    @Test
    @Proves({"8990-2.9.5.1-2", "8990-2.9.5.1-3"})
    void aNodeWithLinkLocalAddressesOnlyAnswersWithTheOneOfTheLink() {
        for (InetAddress address : List.copyOf(node.addresses())) {
            world.loop.run(() -> node.removeAddress(address));
        }
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        List<NodeLocators.OnLink> links = world.awaitOne(grasp.locators()).links();
        for (ScriptedPeer asking : List.of(beyond, peer)) {
            asking.multicast(bytes("84 01 07" + address(asking.node) + "83 63455833 03 01"));
            moment();
            Locator.Ipv6 here = (Locator.Ipv6) links.get(asking == peer ? 0 : 1).linkLocal();
            assertThat(hex(asking.accepted.get(0).bytes))
                    .containsExactly(plain("85 02 07" + address(asking.node) + "19ea60 84 1867"
                            + string(here.address().getAddress()) + "06" + number(node.port())));
        }
        assertThat(links.get(0).linkLocal()).isNotEqualTo(links.get(1).linkLocal());
        listening.cancel();
    }

    // Settings of the operator

    @Test
    @Proves("8990-2.9.5.2-1")
    void aDivertHoldsNoIpv4AddressWhereIpv4IsTranslated() throws UnknownHostException {
        assertThat(diverted()).endsWith("06 1901bb 84 1868 44 c0000201 06 1901bb".replace(" ", ""));
        start(config -> config.withIpv4Nat(true));
        assertThat(diverted()).endsWith("50 fd120000000000000000000000000001 06 1901bb".replace(" ", ""));
    }

    /** {@return the locators to which the node diverts a peer, after another peer has sent it two} */
    private String diverted() {
        peer.heard.clear();
        beyond.accepted.clear();
        world.collect(asa.discover(Objective.negotiable("EX5"), Duration.ofSeconds(1)));
        moment();
        String asked = id(ScriptedPeer.decode(peer.heard.get(0)).session());
        peer.reply(ScriptedPeer.decode(bytes("86 02" + asked + address(node) + "19ea60"
                + "84 1867 50 fd120000000000000000000000000001 06 1901bb" + "84 1868 44 c0000201 06 1901bb")));
        moment();
        beyond.multicast(bytes("84 01 08" + address(beyond.node) + "84 63455835 03 06 f6"));
        moment();
        world.loop.advance(Duration.ofSeconds(1));
        return hex(beyond.accepted.get(0).bytes.get(0));
    }

    /** On each kind of connection, and by multicast, before anything else. */
    @Test
    @Proves({"8990-2.8.13-1", "8990-2.8.13-2"})
    void aNoopOnANewConnectionIsIgnored() {
        String noop = "81 00";
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        peer.multicast(bytes(noop));
        ScriptedPeer.Wire wire = send(peer, noop);
        assertThat(wire.inputEnded).isFalse();
        wire.send(bytes(noop));
        wire.send(bytes("83 03 1864 84 63455833 03 06 01"));
        world.awaitOne(listening.awaitValues(1).get(0).accept());
        peer.multicast(bytes("84 01 07" + address(peer.node) + "84 63455833 03 06 f6"));
        moment();
        assertThat(hex(wire.bytes)).containsExactly(plain("83 06 1864" + ACCEPT));
        assertThat(hex(peer.accepted.get(0).bytes))
                .containsExactly(plain("85 02 07" + address(peer.node) + "19ea60" + option(node)));
        listening.cancel();

        Collected<AsaLocator> discovery =
                world.collect(asa.discover(Objective.discoverable("EX5"), Duration.ofMillis(500)));
        moment();
        String id =
                id(ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1)).session());
        ScriptedPeer.Wire response = send(peer, noop);
        response.send(bytes("85 02" + id + address(node) + "19ea60" + option(peer.node)));
        assertThat(discovery.awaitValues(1).get(0).locator()).isEqualTo(locator(peer.node));
        discovery.cancel();

        peer.accepted.clear();
        Collected<Objective> synchronization = synchronize();
        last().send(bytes(noop));
        last().send(bytes("83 08" + id(last()) + "84 63455832 05 06 05"));
        assertThat(synchronization.awaitValues(1).get(0).value()).isEqualTo(ObjectiveValue.of(5));
        assertThat(hex(last().bytes)).as("the request alone").hasSize(1);
    }
}
