package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveCodec;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.model.TypedObjective;
import io.grasp.substrate.sim.LinkKind;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * RFC 8991's handles are objects here: an {@link Asa}, a {@link Negotiation}, and the subscription of any other
 * call. An ASA gets a handle only from the call that creates it, and each use affects only that handle.
 */
class HandlesTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final SimWorld world = new SimWorld(LinkKind.DATAGRAM);

    @AfterEach
    void close() {
        world.close();
    }

    private Asa asa(Grasp node, String name, Objective... objectives) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        for (Objective objective : objectives) {
            world.await(asa.register(objective));
        }
        return asa;
    }

    private void assertFails(Publisher<?> call, GraspErrorCode code) {
        GraspContractTest.assertCode(world.collect(call).awaitFailure(), code);
    }

    @Test
    @Proves({"8991-2.3.2.7-3", "8991-2.3.3-1"})
    void aHandleCannotBeMadeOrLookedUp() {
        List<Class<?>> handles = List.of(
                Grasp.class,
                Asa.class,
                TypedAsa.class,
                Negotiation.class,
                TypedNegotiation.class,
                SynchronizationResponder.class);
        for (Class<?> handle : handles) {
            assertThat(Modifier.isFinal(handle.getModifiers())).isTrue();
            assertThat(handle.getDeclaredConstructors())
                    .extracting(Constructor::getModifiers)
                    .noneMatch(Modifier::isPublic);
        }
        assertThat(handles.stream().flatMap(HandlesTest::publicMethods))
                .filteredOn(method -> Modifier.isStatic(method.getModifiers()))
                .extracting(Method::getName)
                .as("only a node is created by a static method")
                .containsExactly("start");
        assertThat(new ClassFileImporter()
                                .withImportOption(new ImportOption.DoNotIncludeTests())
                                .importPackages("io.grasp.api", "io.grasp.metrics")
                                .stream()
                                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                                .flatMap(type -> publicMethods(type.reflect())))
                .filteredOn(
                        method -> method.getGenericReturnType().getTypeName().contains(Asa.class.getName()))
                .extracting(method -> method.getDeclaringClass().getSimpleName() + "." + method.getName())
                .as("an ASA is returned by its registration, and by calls of an ASA")
                .containsOnly("Grasp.registerAsa", "Asa.registerSuccessor", "Asa.on", "Asa.onHandlerFailure");
    }

    /** A node has no calls about objectives: all of these are calls of an ASA. */
    @Test
    @Proves("8991-2.3.3-1")
    void allCallsNeedARegisteredAsa() {
        assertThat(publicMethods(Grasp.class))
                .filteredOn(method -> method.toGenericString().contains(Asa.class.getName()))
                .extracting(Method::getName)
                .containsOnly("registerAsa");
        assertThat(publicMethods(Grasp.class).flatMap(method -> Arrays.stream(method.getParameterTypes())))
                .doesNotContain(Objective.class, TaggedObjective.class, AsaLocator.class);
        Asa gone = asa(world.start(), "one", EX3);
        world.await(gone.deregister());
        assertFails(gone.discover(EX3, world.moment()), GraspErrorCode.NO_ASA);
    }

    @Test
    @Proves({"8991-2.3.2.7-1", "8991-2.3.3-9"})
    void anAsaCannotUseTheObjectiveOfAnother() {
        Grasp node = world.start();
        Asa owner = asa(node, "owner", EX3, EX2);
        Asa other = asa(node, "other");

        assertFails(other.listenNegotiate(EX3), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(other.requestNegotiate(EX3.withValue(1)), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(other.listenSynchronize(EX2.withValue(1)), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(other.flood(EX2.withValue(1), TTL), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(other.deregister("EX3"), GraspErrorCode.NOT_YOUR_OBJECTIVE);

        assertFails(other.register(EX3), GraspErrorCode.OBJECTIVE_REGISTERED);
        world.await(owner.deregister("EX3"));
        world.await(other.register(EX3));
    }

    @Test
    @Proves("8991-2.3.3-9")
    void deregisteringASharedObjectiveKeepsTheOtherRegistration() {
        Grasp node = world.start();
        Asa one = asa(node, "one");
        Asa two = asa(node, "two");
        RegistrationOptions shared = RegistrationOptions.DEFAULTS.withOverlap(true);
        world.await(one.register(EX3, shared));
        world.await(two.register(EX3, shared));
        Collected<Negotiation> accepting =
                world.collect(two.listenNegotiate(EX3).flatMap(Negotiation::accept));
        Asa client = asa(world.start(), "client", EX3);

        world.await(one.deregister("EX3"));
        assertFails(one.deregister("EX3"), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertFails(asa(node, "three").deregister("EX3"), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        world.await(one.deregister());
        assertThat(accepting.isEnded()).isFalse();
        assertThat(world.awaitOne(client.requestNegotiate(EX3.withValue(1), RequestOptions.within(TTL)))
                        .outcome())
                .get()
                .isInstanceOf(Accepted.class);
        world.await(two.deregister("EX3"));
        assertThat(accepting.isEnded()).isTrue();
        assertFails(two.deregister("EX3"), GraspErrorCode.NOT_OBJECTIVE);
    }

    @Test
    @Proves({"8991-2.3.2.7-1", "8991-2.3.2.7-2", "8991-2.3.3-1", "8991-2.3.3-2", "8991-2.3.2.2-1"})
    void allCallsOfADeregisteredAsaFail() {
        Grasp node = world.start();
        Asa gone = asa(node, "one", EX3, EX2);
        AsaLocator peer = AsaLocator.of(SimWorld.somewhere());
        world.await(gone.deregister());
        Asa successor = asa(node, "one", EX3, EX2); // the name alone is not a handle

        EveryCall calls = new EveryCall(EX3.withValue(1), peer).with(Asa.class, gone);
        Map<String, Publisher<?>> all = new LinkedHashMap<>(calls.publishersOf(gone));
        all.putAll(calls.publishersOf(gone.rapid()));
        all.putAll(calls.publishersOf(gone.raw()));
        TypedAsa<Integer> typed = gone.typed(TypedObjective.of(EX3, ObjectiveCodec.of(Integer.class)));
        all.putAll(calls.publishersOf(typed));
        all.putAll(calls.publishersOf(typed.rapid()));
        all.putAll(calls.publishersOf(gone.extensions()));
        // By its contract it completes when the ASA has nothing left to do.
        assertThat((Object) all.remove("Asa.drain[]")).isNotNull();
        assertThat(all)
                .containsKeys(
                        "Asa.deregister[]",
                        "Rapid.synchronize[Objective, RequestOptions]",
                        "RawChannels.listen[Objective]",
                        "TypedAsa.listenSynchronize[Object]",
                        "TypedRapid.synchronize[]");
        all.forEach((call, publisher) -> {
            Throwable failure = world.collect(publisher).awaitFailure();
            assertThat(failure)
                    .as(call)
                    .isInstanceOfSatisfying(
                            GraspException.class,
                            e -> assertThat(e.code()).as(call).isEqualTo(GraspErrorCode.NO_ASA));
        });
        world.await(successor.deregister());
    }

    @Test
    @Proves("8991-2.3.2.7-2")
    void allCallsOfASessionOfADeregisteredAsaFail() {
        Grasp there = world.start();
        Asa server = asa(there, "server", EX3, EX2);
        Collected<Negotiation> taken = world.collect(server.listenNegotiate(EX3));
        SynchronizationResponder serving = world.awaitOne(server.listenSynchronize(EX2.withValue(1)));
        Asa client = asa(world.start(), "client", EX3);
        Collected<Negotiation> asking = world.collect(client.requestNegotiate(EX3.withValue(1)));
        Negotiation asked = taken.awaitValues(1).get(0);
        world.await(server.deregister());
        asking.awaitFailure();

        Map<String, Publisher<?>> calls =
                new EveryCall(EX3.withValue(1), AsaLocator.of(SimWorld.somewhere())).publishersOf(asked);
        // By their contract these complete even if the session has ended.
        List.of("Negotiation.cancel[]", "Negotiation.refuse[]")
                .forEach(
                        call -> assertThat((Object) calls.remove(call)).as(call).isNotNull());
        assertThat(calls).containsKeys("Negotiation.accept[]", "Negotiation.converse[Conversation]");
        calls.forEach((call, publisher) -> assertThat(world.collect(publisher).awaitFailure())
                .as(call)
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).as(call).isEqualTo(GraspErrorCode.NO_SESSION)));
        assertFails(serving.update(ObjectiveValue.of(2)), GraspErrorCode.NO_LISTENER);
        world.awaitNoResidue(there);
    }

    /** Both sides hold two sessions of one objective with one peer, and end them in the other order. */
    @Test
    @Proves({
        "8991-2.2.1-1",
        "8991-2.2.2-1",
        "8991-2.2.2-3",
        "8991-2.2.3-1",
        "8991-2.2.3-2",
        "8991-2.3.5-6",
        "8991-2.3.5-13"
    })
    void eachCallAffectsTheSessionOfItsHandleOnly() {
        Grasp there = world.start();
        Grasp here = world.start();
        Asa server = asa(there, "server", EX3);
        Collected<Negotiation> taken = world.collect(server.listenNegotiate(EX3));
        Asa client = asa(here, "client", EX3);
        Collected<Negotiation> first = world.collect(client.requestNegotiate(EX3.withValue(1)));
        Negotiation firstTaken = taken.awaitValues(1).get(0);
        Collected<Negotiation> second = world.collect(client.requestNegotiate(EX3.withValue(2)));
        Negotiation secondTaken = taken.awaitValues(2).get(1);
        assertThat(firstTaken.sessionId()).isNotEqualTo(secondTaken.sessionId());
        assertThat(firstTaken.objective().value()).hasToString("1");
        assertThat(secondTaken.objective().value()).hasToString("2");
        assertThat(List.of(here, there))
                .allSatisfy(node ->
                        assertThat(world.awaitOne(node.load()).sessions()).isEqualTo(2));

        Collected<Negotiation> step = world.collect(firstTaken.step(10));
        Negotiation firstAsked = first.awaitValues(1).get(0);
        assertThat(firstAsked.sessionId()).isEqualTo(firstTaken.sessionId());
        assertThat(second.isEnded()).isFalse();
        world.awaitOne(secondTaken.decline("no"));
        assertThat(second.awaitValues(1).get(0).outcome()).contains(new Declined("no", Side.PEER));
        assertThat(firstAsked.outcome()).isEmpty();
        assertThat(step.isEnded()).isFalse();
        assertFails(secondTaken.step(20), GraspErrorCode.NO_SESSION);

        NegotiationOutcome outcome =
                world.awaitOne(firstAsked.accept()).outcome().orElseThrow();
        assertThat(((Accepted) outcome).objective().value()).hasToString("10");
        assertThat(step.awaitValues(1).get(0).outcome())
                .get()
                .isInstanceOfSatisfying(
                        Accepted.class,
                        accepted -> assertThat(accepted.objective().value()).hasToString("10"));
        taken.cancel();
    }

    @Test
    @Proves("8991-2.3.4-6")
    void oneOfTwoDiscoveriesCanBeCancelled() {
        Asa responder = asa(world.start(), "responder");
        world.await(responder.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Grasp node = world.start();
        Asa initiator = asa(node, "initiator");
        Collected<AsaLocator> ended = world.collect(initiator.discover(EX3, TTL));
        Collected<AsaLocator> kept = world.collect(initiator.discover(EX3, TTL));
        assertThat(world.awaitOne(node.load()).sessions()).isEqualTo(2);
        ended.cancel();
        assertThat(world.awaitOne(node.load()).sessions()).isEqualTo(1);

        assertThat(kept.awaitEnd()).hasSize(1);
        assertThat(ended.values()).isEmpty();
        assertThat(ended.isEnded()).isFalse();
    }

    @Test
    @Proves("8991-2.3.6-2")
    void oneOfTwoSynchronizationsCanBeCancelled() {
        Asa server = asa(world.start(), "server", EX2);
        world.awaitOne(server.listenSynchronize(EX2.withValue("v")));
        Grasp node = world.start();
        Asa client = asa(node, "client");
        AsaLocator peer = world.await(client.discover(EX2, world.moment())).get(0);
        Collected<Objective> ended = world.collect(client.synchronize(EX2, peer));
        Collected<Objective> kept = world.collect(client.synchronize(EX2, peer));
        assertThat(world.awaitOne(node.load()).sessions()).isEqualTo(2);
        ended.cancel();

        assertThat(kept.awaitEnd())
                .singleElement()
                .satisfies(found -> assertThat(found.value()).hasToString("\"v\""));
        world.awaitNoResidue(node);
        assertThat(ended.values()).isEmpty();
        assertThat(ended.isEnded()).isFalse();
    }

    /**
     * The loop of this node runs only when the test runs it, so a call that waited for it would never return; on a
     * non-blocking thread BlockHound makes a wait fail.
     */
    @Test
    @Proves("8991-2.2.1-3")
    void noCallWaitsForTheLoop() {
        Asa asa = asa(world.start(), "one", EX3, EX2);
        AsaLocator peer = AsaLocator.of(SimWorld.somewhere());
        List<Publisher<?>> calls = List.of(
                asa.register(Objective.negotiable("EX4")),
                asa.deregister("EX4"),
                asa.discover(EX3, TTL),
                asa.discover(EX3, DiscoverOptions.within(TTL).withPeer(peer)),
                asa.requestNegotiate(EX3.withValue(1), RequestOptions.within(TTL)),
                asa.requestNegotiate(EX3.withValue(1), RequestOptions.to(peer).withTimeout(TTL)),
                asa.rapid().requestNegotiate(EX3.withValue(1), RequestOptions.within(TTL)),
                asa.listenNegotiate(EX3),
                asa.synchronize(EX2, RequestOptions.within(TTL)),
                asa.synchronize(EX2, RequestOptions.to(peer).withTimeout(TTL)),
                asa.listenSynchronize(EX2.withValue(1)),
                asa.listenSynchronize(EX2, Flux.never()),
                asa.flood(EX2.withValue(1), TTL),
                asa.getFlood("EX2"),
                asa.floods("EX2"),
                asa.expireFlood(TaggedObjective.untagged(EX2)),
                asa.deregister());
        List<Object> signals = new ArrayList<>();
        List<Disposable> subscriptions = new ArrayList<>();
        Mono.fromRunnable(() -> calls.forEach(call -> subscriptions.add(
                        Flux.from(call).subscribe(signals::add, signals::add, () -> signals.add("completed")))))
                .subscribeOn(Schedulers.parallel())
                .block(BOUND);

        assertThat(subscriptions).hasSameSizeAs(calls);
        assertThat(signals).as("no signal before the loop runs").isEmpty();
        subscriptions.forEach(Disposable::dispose);
    }

    private static Stream<Method> publicMethods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).filter(method -> Modifier.isPublic(method.getModifiers()));
    }
}
