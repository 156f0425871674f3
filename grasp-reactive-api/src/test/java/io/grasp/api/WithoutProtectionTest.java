package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.ScriptedPeer;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/** A node whose links are not protected, which is the default assumption about a network. */
class WithoutProtectionTest extends OneNode {
    private static final int UNASSIGNED = 200;

    @Override
    SimNode newNode() {
        SimNode unprotected = super.newNode();
        unprotected.setSecurity(Security.NONE);
        return unprotected;
    }

    /** {@return every call of an ASA that involves peers, including those of other types} */
    private Map<String, Publisher<?>> calls(Objective objective) {
        EveryCall calls =
                new EveryCall(objective, at(peer)).with(Asa.class, asa).with(int.class, UNASSIGNED);
        Map<String, Publisher<?>> all = new LinkedHashMap<>(calls.publishersOf(asa));
        all.keySet().removeIf(call -> call.matches("Asa[.](register|deregister|drain|expireFlood).*"));
        all.putAll(calls.publishersOf(asa.rapid()));
        all.putAll(calls.publishersOf(asa.raw()));
        Extensions extensions = asa.extensions();
        all.put("Extensions.multicast", extensions.multicast(UNASSIGNED));
        all.put("Extensions.ask", extensions.ask(at(peer), Duration.ofSeconds(1), UNASSIGNED));
        return all;
    }

    @Test
    @Proves({"8990-2.5.6.2-17", "8990-3-1"})
    void noCallReachesAPeerWithoutSecurity() {
        Map<String, GraspErrorCode> refused = new TreeMap<>();
        for (Objective objective : List.of(EX3.withValue(1), EX2.withValue(1))) {
            calls(objective).forEach((name, call) -> {
                Throwable failure = world.collect(call).awaitFailure();
                assertThat(failure).as(name).isInstanceOf(GraspException.class);
                GraspErrorCode code = ((GraspException) failure).code();
                refused.merge(name, code, (one, other) -> one == GraspErrorCode.NO_SECURITY ? one : other);
            });
        }
        world.loop.advance(Duration.ofMinutes(2));

        assertThat(refused)
                .hasSizeGreaterThan(25)
                .containsKeys(
                        "Asa.getFlood[String]",
                        "Rapid.synchronize[Objective, RequestOptions]",
                        "RawChannels.request[Objective]");
        assertThat(refused.values()).containsOnly(GraspErrorCode.NO_SECURITY);
        for (ScriptedPeer each : List.of(peer, beyond)) {
            assertThat(each.heard).isEmpty();
            assertThat(each.accepted).isEmpty();
        }
    }

    @Test
    @Proves({"8990-2.5.6.2-18", "8990-3-1"})
    void noMessageIsAcceptedOrRelayedWithoutSecurity() {
        String flood = "85 09 09" + address(peer.node) + "00 82 84 63455832 05 06 01 80";
        peer.multicast(bytes(flood));
        peer.multicast(bytes("84 01 07" + address(peer.node) + "84 63455833 03 06 f6"));
        peer.multicast(bytes("83 18c8 07 01"));
        for (String message : List.of(
                "83 03 1864 84 63455833 03 06 01",
                "83 04 1864 84 63455832 05 06 f6",
                "84 01 07" + address(peer.node) + "84 63455833 03 06 f6",
                "83 18c8 07 01")) {
            ScriptedPeer.Wire wire = send(peer, message);
            assertThat(wire.received).as(message).isEmpty();
            assertThat(wire.closed).as(message).isTrue();
        }

        assertThat(peer.accepted).isEmpty();
        assertThat(beyond.heard).isEmpty();
        world.loop.run(() -> node.setSecurity(Security.ASSERTED));
        assertThat(world.await(asa.getFlood("EX2")))
                .as("not stored for later either")
                .isEmpty();
        peer.multicast(bytes(flood));
        moment();
        assertThat(world.await(asa.getFlood("EX2"))).as("now it is accepted").hasSize(1);
    }

    @Test
    @Proves("8990-3-1")
    void requestsAreNotAnsweredAfterSecurityIsLost() {
        world.loop.run(() -> node.setSecurity(Security.ASSERTED));
        Collected<IncomingMessage> messages = world.collect(asa.extensions().messages(UNASSIGNED));
        Collected<Negotiation> requests = world.collect(asa.listenNegotiate(EX3));
        peer.multicast(bytes("84 18c8 07" + address(peer.node) + "01"));
        ScriptedPeer.Wire wire = send(peer, "83 03 1864 84 63455833 03 06 01");
        world.loop.run(() -> node.setSecurity(Security.NONE));

        GraspContractTest.assertCode(
                world.collect(messages.awaitValues(1).get(0).reply(ObjectiveValue.of(1)))
                        .awaitFailure(),
                GraspErrorCode.NO_SECURITY);
        GraspContractTest.assertCode(
                world.collect(requests.awaitValues(1).get(0).step(2)).awaitFailure(), GraspErrorCode.NO_SECURITY);
        moment();
        assertThat(wire.received).isEmpty();
        assertThat(peer.accepted).isEmpty();
        messages.cancel();
        requests.cancel();
    }
}
