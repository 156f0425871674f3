package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An error of the virtual machine on a node's loop ends the node, and notifies everything that depends on it. */
@OnDatagramsAndNetty
class NodeFailureContractTest extends ContractTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final VirtualMachineError ERROR = new InternalError("expected by this test");

    /** Observes the node that fails; throws the error when it receives a message of some type. */
    private static final class Observed implements GraspObserver {
        private final List<String> events = new CopyOnWriteArrayList<>();
        private volatile String fatalType = "";

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            if (message.typeName().equals(fatalType)) {
                throw ERROR;
            }
        }

        @Override
        public void nodeFailed(Throwable error) {
            events.add("failed by " + error);
        }

        @Override
        public void closed() {
            events.add("closed");
        }
    }

    private final Observed observer = new Observed();

    private Asa asa(Grasp node, String name) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        world.await(asa.register(EX1));
        world.await(asa.register(EX2));
        world.await(asa.register(EX3));
        return asa;
    }

    private static void assertFailed(Collected<?> subscription) {
        assertThat(subscription.failure()).isInstanceOfSatisfying(GraspException.class, failure -> {
            assertThat(failure.code()).isEqualTo(GraspErrorCode.UNSPECIFIED);
            assertThat(failure.getMessage()).contains("the node has failed: " + ERROR);
            assertThat(failure).hasCause(ERROR);
        });
    }

    /** Subscribes to everything that a node offers, lets it fail, and checks that each subscriber is notified. */
    private void assertEverythingFails(Grasp node, Asa asa, Runnable failure) {
        List<Collected<?>> all = new ArrayList<>();
        all.add(world.collect(node.onClose()));
        all.add(world.collect(asa.listenSynchronize(EX2, Flux.just(1).concatWith(Flux.never()))));
        all.add(world.collect(asa.floods("EX1")));
        all.add(world.collect(Mono.delay(world.moment().multipliedBy(1000), node.scheduler())));

        failure.run();

        world.awaitUntil("the end of all subscriptions", () -> all.stream().allMatch(Collected::isEnded));
        assertFailed(all.get(0));
        assertFailed(all.get(1));
        assertFailed(all.get(2));
        assertThat(all.get(3).failure()).isInstanceOf(GraspException.class);
        world.awaitUntil("closed", () -> observer.events.contains("closed"));
        assertThat(observer.events).containsExactly("failed by " + ERROR, "closed");
        Collected<Asa> afterwards = world.collect(node.registerAsa("later"));
        world.awaitUntil("a refusal", afterwards::isEnded);
        assertThat(afterwards.failure()).isNotNull();
        assertThat(afterwards.values()).isEmpty();
        assertThatThrownBy(() -> world.await(node.onClose())).hasMessageContaining("the node has failed: " + ERROR);
    }

    private AsaLocator peerOf(Asa initiator) {
        return world.awaitOne(
                initiator.discover(EX3, world.moment().multipliedBy(20)).next());
    }

    @Test
    void anErrorInAHandlerEndsTheNodeAndThePeersSessionButNotThePeer() {
        Grasp here = world.start();
        Grasp there = world.start(config -> config.withObserver(observer));
        Asa initiator = asa(here, "initiator");
        Asa responder = asa(there, "responder");
        Collected<?> listening = world.collect(responder.listenNegotiate(EX3, negotiation -> {
            throw ERROR;
        }));
        AsaLocator peer = peerOf(initiator);
        Collected<?>[] session = new Collected<?>[1];

        assertEverythingFails(
                there,
                responder,
                () -> session[0] = world.collect(
                        initiator.negotiate(EX3.withValue(1), peer, offers -> offers.map(offer -> Move.accept()))));

        assertFailed(listening);
        world.awaitUntil("the peer's session", session[0]::isEnded);
        assertThat(session[0].failure()).isInstanceOf(GraspException.class);
        world.awaitOne(here.links());
        world.awaitNoResidue(here);
    }

    @Test
    void anErrorInTheEngineEndsTheNode() {
        Grasp here = world.start();
        Grasp there = world.start(config -> config.withObserver(observer));
        Asa sender = asa(here, "sender");
        Asa receiver = asa(there, "receiver");

        assertEverythingFails(there, receiver, () -> {
            observer.fatalType = "M_FLOOD";
            world.await(sender.flood(EX1.withValue(1), world.moment()));
        });

        world.awaitOne(here.links());
    }

    @Test
    void anErrorInASubscriberEndsTheNodeAndItsSessions() {
        Grasp here = world.start();
        Grasp there = world.start(config -> config.withObserver(observer));
        Asa peer = asa(here, "peer");
        Asa failing = asa(there, "failing");
        Collected<?> waiting = world.collect(peer.listenNegotiate(EX3, negotiation -> Flux.never()));
        AsaLocator locator = peerOf(failing);
        Collected<?> session = world.collect(
                failing.negotiate(EX3.withValue(1), locator, offers -> offers.map(offer -> Move.accept())));
        Collected<FloodedObjective> floods = world.collect(failing.floods("EX1").doOnNext(flooded -> {
            throw ERROR;
        }));

        assertEverythingFails(there, failing, () -> world.await(peer.flood(EX1.withValue(1), world.moment())));

        assertFailed(session);
        world.awaitUntil("the end of the flux", floods::isEnded);
        waiting.cancel();
        world.awaitNoResidue(here);
    }

    @Test
    void instancesOnASharedLoopFailTogether() {
        for (boolean hostFails : new boolean[] {true, false}) {
            observer.events.clear();
            Grasp host = world.startAlone();
            Grasp instance =
                    world.awaitOne(host.startOnSharedLoop(world.settings().withObserver(observer)));
            Collected<Void> hostEnd = world.collect(host.onClose());
            Grasp failing = hostFails ? host : instance;

            assertEverythingFails(
                    instance,
                    asa(instance, "asa"),
                    () -> world.collect(failing.links().doOnNext(links -> {
                        throw ERROR;
                    })));

            world.awaitUntil("the host's end", hostEnd::isEnded);
            assertFailed(hostEnd);
        }
    }
}
