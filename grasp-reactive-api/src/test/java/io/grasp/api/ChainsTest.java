package io.grasp.api;

import static io.grasp.api.GraspContractTest.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.netty.NettyConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/** Calls as parts of Reactor chains: repeated, retried, failed. */
class ChainsTest extends OneNode {
    private static final Objective EX4 = Objective.negotiable("EX4");

    private Throwable failureOf(Publisher<?> publisher) {
        return world.collect(publisher).awaitFailure();
    }

    @Test
    void anObjectiveIsRegisteredOnceByEachCall() {
        Mono<Void> registration = asa.register(EX4);
        world.await(registration);
        world.await(registration);
        assertCode(failureOf(asa.register(EX4)), GraspErrorCode.OBJECTIVE_REGISTERED);

        world.await(asa.deregister("EX4"));
        world.await(registration);
        assertCode(failureOf(asa.register(EX4)), GraspErrorCode.OBJECTIVE_REGISTERED);
        world.await(asa.deregister("EX4"));
        world.await(asa.register(EX4));
        assertCode(failureOf(registration), GraspErrorCode.OBJECTIVE_REGISTERED);

        world.await(asa.deregister());
        assertCode(failureOf(registration), GraspErrorCode.NO_ASA);
    }

    @Test
    void aChainThatRegistersCanBeRetried() {
        AtomicInteger tries = new AtomicInteger();
        Mono<String> work = Mono.defer(() -> tries.incrementAndGet() % 3 == 0
                ? Mono.just("done")
                : Mono.error(GraspException.local(GraspErrorCode.NO_REPLY, "try " + tries)));
        TypedObjective<Integer> number = TypedObjective.negotiable("EX4", Integer.class);
        Mono<String> releasing = Mono.usingWhen(
                grasp.registerAsa("chain"), own -> own.typed(number).register().then(work), Asa::deregister);
        assertThat(world.awaitOne(releasing.retry(2))).isEqualTo("done");

        Asa own = world.awaitOne(grasp.registerAsa("keeping"));
        Mono<TypedAsa<Integer>> keeping = own.typed(number).register();
        assertThat(world.awaitOne(keeping.then(work).retry(2))).isEqualTo("done");
        assertCode(failureOf(own.typed(number).register()), GraspErrorCode.OBJECTIVE_REGISTERED);
    }

    @Test
    void theRetryOfAChainThatKeepsItsObjectiveIsAnsweredWithTheWayOut() {
        Mono<String> work = Mono.error(GraspException.local(GraspErrorCode.NO_REPLY, "no answer"));
        Mono<String> chain =
                grasp.registerAsa("chain").flatMap(own -> own.register(EX4).then(work));

        Throwable retried = failureOf(chain.retry(1));

        assertCode(retried, GraspErrorCode.OBJECTIVE_REGISTERED);
        assertThat(retried)
                .hasMessageContaining("EX4")
                .hasMessageContaining("by chain itself, which must deregister it first")
                .hasMessageContaining("usingWhen")
                .hasMessageContaining("docs/recipes.md");
        assertThat(failureOf(asa.register(EX4)))
                .hasMessageContaining("by chain, which must deregister it first")
                .hasMessageNotContaining("usingWhen");
    }

    @Test
    void anAsaIsRegisteredOnceByEachCall() {
        Mono<Asa> registration = grasp.registerAsa("once");
        Asa first = world.awaitOne(registration);
        assertThat(world.awaitOne(registration)).isSameAs(first);
        assertCode(failureOf(grasp.registerAsa("once")), GraspErrorCode.DUPLICATE_ASA);

        world.await(first.deregister());
        Asa second = world.awaitOne(registration);
        assertThat(second).isNotSameAs(first);
        world.await(second.register(EX4));
        assertCode(failureOf(first.register(EX4)), GraspErrorCode.NO_ASA);
    }

    @Test
    void anAsaEndsWhenAllItsSubscribersHaveCancelledBeforeTheyGotIt() {
        Mono<Asa> registration = grasp.registerAsa("shared");
        BaseSubscriber<Asa> first = waiting();
        BaseSubscriber<Asa> second = waiting();
        registration.subscribe(first);
        registration.subscribe(second);
        moment();
        first.cancel();
        moment();
        assertCode(failureOf(grasp.registerAsa("shared")), GraspErrorCode.DUPLICATE_ASA);
        second.cancel();
        moment();
        world.await(world.awaitOne(grasp.registerAsa("shared")).deregister());

        BaseSubscriber<Asa> third = waiting();
        registration.subscribe(third);
        Asa given = world.awaitOne(registration);
        third.cancel();
        moment();
        world.await(given.register(EX4));
    }

    /** {@return a subscriber that does not request the ASA} */
    private static BaseSubscriber<Asa> waiting() {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                // no demand
            }
        };
    }

    @Test
    void aSimulationAwaitsAMonoWithoutAValue() {
        SimulationRunner.verify(SimulationConfig.seeded(1), run -> {
            run.network().node("a");
            Grasp node = run.start("a");
            Asa own = run.await(node.registerAsa("own"));
            assertThat(run.await(own.register(EX4))).isNull();
            assertThatThrownBy(() -> run.await(own.register(EX4)))
                    .isInstanceOfSatisfying(
                            GraspException.class, failure -> assertCode(failure, GraspErrorCode.OBJECTIVE_REGISTERED));
            assertThatThrownBy(() -> run.await(Mono.never()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("the publisher did not end within PT1H of the simulation's time");
        });
    }

    @Test
    void theLastFailureOfARetryHasTheFirstOne() {
        AtomicInteger tries = new AtomicInteger();
        Mono<Object> failing = Mono.defer(() -> Mono.error(
                tries.incrementAndGet() == 1
                        ? GraspException.transport(GraspErrorCode.SOCKET_ERROR_REQUEST, "the link is down")
                        : GraspException.local(GraspErrorCode.NO_DISCOVERY_REPLY, "try " + tries)));

        Throwable last = failureOf(failing.retryWhen(grasp.backoff(3)));

        assertCode(last, GraspErrorCode.NO_DISCOVERY_REPLY);
        assertThat(last).hasMessageContaining("try 4");
        assertThat(last.getSuppressed()).singleElement().asString().contains("the link is down");
        assertThat(((GraspException) last).about("EX4").getSuppressed()).hasSize(1);

        IllegalStateException constant = new IllegalStateException("the caller's own");
        for (int i = 0; i < 3; i++) {
            tries.set(0);
            failureOf(failing.onErrorMap(failure -> tries.get() == 2, failure -> constant)
                    .retryWhen(grasp.backoff(3)));
        }
        assertThat(constant.getSuppressed()).as("does not grow").hasSize(1);
    }

    @Test
    void theFailureOfAPeerHasThoseOfThePeersTriedBefore() {
        learn(EX3);
        PeerSelector selector = found -> List.of(AsaLocator.of(SimWorld.somewhere()), at(peer));
        Collected<Negotiation> request = world.collect(
                asa.requestNegotiate(EX3.withValue(1), RequestOptions.DEFAULTS.withPeerSelector(selector)));
        world.awaitUntil("the second peer is asked", () -> !peer.accepted.isEmpty());
        peer.accepted.get(0).send(bytes("ff"));

        Throwable failure = request.awaitFailure();
        assertCode(failure, GraspErrorCode.CBOR_FAIL);
        assertThat(failure.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(
                        GraspException.class,
                        first -> assertThat(first.isUnreached()).isTrue());
    }

    @Test
    void aTimeoutSaysHowLongAndWhoseTimeItWas() {
        Duration time = Duration.ofMillis(600);
        RequestOptions within = RequestOptions.within(time);
        RequestOptions toPeer = RequestOptions.to(at(peer));
        String ofCall = "within 600 ms, the timeout of this call";
        String byDefault = "within 60000 ms, GRASP_DEF_TIMEOUT";
        String search = "no answer to the discovery of EX3 within 8800 ms, the time of 3 tries for loop count 6";
        String searchOfCall = " within 600 ms, the time that this call allows for it";
        Objective ask = EX3.withValue(1);

        assertThat(failureOf(asa.requestNegotiate(ask))).hasMessageEndingWith(search);
        assertThat(failureOf(asa.requestNegotiate(ask, within)))
                .hasMessageEndingWith("no answer to the discovery of EX3" + searchOfCall);
        assertThat(failureOf(asa.raw().request(ask, within)))
                .hasMessageEndingWith("no answer to the discovery of EX3" + searchOfCall);
        assertThat(failureOf(asa.synchronize(EX2, within)))
                .hasMessageEndingWith("no answer to the discovery of EX2" + searchOfCall);
        assertThat(failureOf(asa.rapid().requestNegotiate(ask, within)))
                .hasMessageEndingWith("no answer to the discovery of EX3 in rapid mode " + ofCall);
        assertThat(failureOf(asa.requestNegotiate(ask, toPeer.withTimeout(time))))
                .hasMessageEndingWith("no message from the peer " + ofCall);
        assertThat(failureOf(asa.requestNegotiate(ask, toPeer)))
                .hasMessageEndingWith("no message from the peer " + byDefault);
        assertThat(failureOf(asa.synchronize(EX2, toPeer.withTimeout(time))))
                .hasMessageEndingWith("no answer from the peer " + ofCall);
        RawChannel channel = world.awaitOne(asa.raw().request(ask, toPeer));
        assertThat(failureOf(channel.receive()))
                .hasMessageEndingWith("no item was sent or received within 600000 ms,"
                        + " the longest time that a raw channel may be idle");

        peer.node.suspend();
        assertThat(failureOf(asa.extensions().ask(at(peer), time, 200)))
                .hasMessageEndingWith("no connection to the peer " + ofCall);
        assertThat(failureOf(asa.raw().request(ask, toPeer.withTimeout(time))))
                .hasMessageEndingWith("no connection to the peer within 600 ms, the time that this call allows for it");
        peer.node.resume();
    }

    @Test
    void aNodeThatCanNeverBeSecureDoesNotStart() {
        List<Object> observed = new ArrayList<>();
        GraspConfig unprotected = GraspConfig.defaults().withObserver(new GraspObserver() {
            @Override
            public void closed() {
                observed.add("closed");
            }
        });
        Throwable failure = failureOf(Grasp.start(unprotected));

        assertCode(failure, GraspErrorCode.NO_SECURITY);
        assertThat(failure)
                .hasMessageContaining("NettyConfig.withAssumeSecure(true)")
                .hasMessageContaining("an identity, with GraspConfig.withOverlay or withAcp");
        assertCode(failureOf(grasp.startOnSharedLoop(unprotected)), GraspErrorCode.NO_SECURITY);
        assertThat(observed).as("nothing was created").isEmpty();
        for (GraspConfig possible : List.of(
                GraspConfig.dull("lan", "AN_ACP"),
                GraspConfig.defaults().withNetwork(NettyConfig.defaults().withAssumeSecure(true)),
                GraspConfig.defaults().withNetwork(NettyConfig.defaults().withoutLinks()),
                GraspConfig.defaults().withSubstrate(() -> node))) {
            assertThat(possible.neverSecure()).isNull();
        }
    }
}
