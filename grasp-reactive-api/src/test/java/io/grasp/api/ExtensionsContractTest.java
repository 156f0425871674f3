package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import java.time.Duration;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

/** Messages and options that RFC 8990 has not assigned, between two nodes on every substrate. */
@OnEverySubstrate
class ExtensionsContractTest extends ContractTest {
    private static final int M_GREETING = 200;
    private static final int O_COSE_SIGN = 107; // of signed floods
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Duration TTL = Duration.ofMinutes(1);

    private final Map<Grasp, Asa> asas = new IdentityHashMap<>();

    private Asa asa(Grasp node, Objective objective) {
        Asa asa = world.awaitOne(node.registerAsa("asa"));
        world.await(asa.register(objective, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        return asa;
    }

    /** {@return the extensions of an ASA of the node} */
    private Extensions extensions(Grasp node) {
        return asas.computeIfAbsent(node, each -> world.awaitOne(each.registerAsa("extensions")))
                .extensions();
    }

    private static ObjectiveValue text(String text) {
        return ObjectiveValue.of((Object) text);
    }

    @Test
    @Proves("8991-1-3")
    void aMulticastReachesTheHandlersOfItsTypeAndIsAnswered() {
        assumeTrue(substrate.linksCarryAllTypes(), "RFC 8994 section 6.9.2");
        Grasp here = world.start();
        Grasp there = world.start();
        Collected<IncomingMessage> asked = world.collect(extensions(there)
                .messages(M_GREETING)
                .concatMap(message -> message.reply(text("welcome")).thenReturn(message)));
        Collected<IncomingMessage> answers = world.collect(extensions(here).messages(M_GREETING));
        world.await(here.load());
        world.await(there.load());

        world.await(extensions(here).multicast(M_GREETING, text("hello"), text("all")));
        ExtensionMessage question = asked.awaitValues(1).get(0).message();
        assertThat(question.initiator()).isNotNull();
        assertThat(question.options()).extracting(each -> each.as(String.class)).containsExactly("hello", "all");
        ExtensionMessage answer = answers.awaitValues(1).get(0).message();
        assertThat(answer.session()).isEqualTo(question.session());
        assertThat(answer.options()).extracting(each -> each.as(String.class)).containsExactly("welcome");
        asked.cancel();
        answers.cancel();
        world.awaitNoResidue(there);
    }

    @Test
    @Proves("8991-1-3")
    void onePeerIsAskedOnAConnection() {
        Grasp here = world.start();
        Grasp there = world.start();
        asa(there, EX1);
        Asa seeker = world.awaitOne(here.registerAsa("seeker"));
        AsaLocator peer = world.await(seeker.discover(EX1, world.moment())).get(0);

        Throwable refused = world.collect(extensions(here).ask(peer, TTL, M_GREETING, text("hello")))
                .awaitFailure();
        assertThat(refused).isInstanceOf(GraspException.class).hasMessageContaining("M_INVALID");

        Disposable handling = extensions(there)
                .messages(M_GREETING)
                .concatMap(message -> message.reply(text("welcome")))
                .subscribe();
        world.await(there.load());
        List<ExtensionMessage> answers = world.await(
                extensions(here).ask(peer, TTL, M_GREETING, text("hello")).take(1));
        assertThat(answers.get(0).options())
                .extracting(each -> each.as(String.class))
                .containsExactly("welcome");
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
        handling.dispose();
    }

    @Test
    void anOptionOfAFloodIsDeliveredWithTheBytesOfTheFlood() {
        Grasp here = world.start();
        Grasp there = world.start();
        Collected<IncomingOption> options = world.collect(extensions(there).options(O_COSE_SIGN));
        world.await(there.load());
        Asa asa = asa(here, EX1);
        List<byte[]> signed = new CopyOnWriteArrayList<>();

        world.await(asa.flood(EX1.withValue(1), FloodOptions.validFor(TTL).withExtension(message -> {
            signed.add(message);
            return ObjectiveValue.of(List.of(O_COSE_SIGN, "signature of " + message.length));
        })));
        IncomingOption option = options.awaitValues(1).get(0);

        assertThat(option.messageType()).isEqualTo(9);
        assertThat(option.option().diagnostic()).isEqualTo("[107, \"signature of " + signed.get(0).length + "\"]");
        byte[] whole = option.message().bytes();
        // like a verifier: the message without its last element
        byte[] without = Arrays.copyOf(whole, whole.length - option.option().length());
        without[0]--;
        assertThat(signed).anyMatch(covered -> Arrays.equals(covered, without));
        options.cancel();
    }

    @Test
    void noMessageIsDeliveredWithoutDemandOrAfterACancel() {
        assumeTrue(substrate.linksCarryAllTypes(), "RFC 8994 section 6.9.2");
        List<DropReason> drops = new CopyOnWriteArrayList<>();
        Grasp there = world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void messageDropped(DropReason reason, MessagePath path) {
                drops.add(reason);
            }
        }));
        Grasp here = world.start();
        Collected<IncomingMessage> lazy =
                new Collected<>(world, extensions(there).messages(M_GREETING), 0);
        world.await(there.load());
        world.await(extensions(here).multicast(M_GREETING));
        world.awaitUntil("a drop", () -> drops.equals(List.of(DropReason.NO_DEMAND)));
        lazy.cancel();
        world.await(there.load());
        world.await(extensions(here).multicast(M_GREETING));
        world.awaitUntil("another", () -> drops.equals(List.of(DropReason.NO_DEMAND, DropReason.UNKNOWN_TYPE)));
        assertThat(lazy.values()).isEmpty();
    }

    @Test
    void aFloodFailsWithTheErrorOfItsOption() {
        world.start(); // without a neighbor there may be no link
        Grasp here = world.start();
        Asa asa = asa(here, EX1);
        List<TaggedObjective> flooded = List.of(TaggedObjective.untagged(EX1.withValue(1)));
        assertThat(world.collect(asa.flood(flooded, FloodOptions.validFor(TTL).withExtension(message -> {
                            throw new IllegalStateException("no key");
                        })))
                        .awaitFailure())
                .hasMessage("no key");
        assertThat(world.collect(asa.flood(
                                flooded,
                                FloodOptions.validFor(TTL)
                                        .withExtension(message -> ObjectiveValue.of(List.of(103, "a locator?")))))
                        .awaitFailure())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(world.await(asa.getFlood("EX1"))).isEmpty();
        world.await(asa.flood(flooded, FloodOptions.validFor(TTL).withExtension(message -> ObjectiveValue.NONE)));
        assertThat(world.await(asa.getFlood("EX1"))).hasSize(1);
    }

    @Test
    void anExceptionOfASubscriberEndsItsHandlingOnly() {
        assumeTrue(substrate.linksCarryAllTypes(), "RFC 8994 section 6.9.2");
        List<DropReason> drops = new CopyOnWriteArrayList<>();
        Grasp there = world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void messageDropped(DropReason reason, MessagePath path) {
                drops.add(reason);
            }
        }));
        Grasp here = world.start();
        Collected<String> broken = world.collect(extensions(there)
                .messages(M_GREETING)
                .map(message -> message.message().options().get(0).as(String.class)));
        world.await(there.load());
        world.await(extensions(here).multicast(M_GREETING)); // without the option
        assertThat(broken.awaitFailure()).isInstanceOf(IndexOutOfBoundsException.class);
        world.await(extensions(here).multicast(M_GREETING, text("hello")));
        world.awaitUntil("no handler handles it", () -> drops.contains(DropReason.UNKNOWN_TYPE));
        world.awaitNoResidue(there);
    }

    @Test
    void anExchangeEndsWithItsNodeAndByACancel() {
        Grasp here = world.start();
        Grasp there = world.start();
        asa(there, EX1);
        Collected<IncomingMessage> silent = world.collect(extensions(there).messages(M_GREETING));
        Asa seeker = world.awaitOne(here.registerAsa("seeker"));
        AsaLocator peer = world.await(seeker.discover(EX1, world.moment())).get(0);

        Collected<ExtensionMessage> cancelled = world.collect(extensions(here).ask(peer, TTL, M_GREETING));
        silent.awaitValues(1);
        cancelled.cancel();
        world.awaitNoResidue(here);
        Collected<ExtensionMessage> asking = world.collect(extensions(here).ask(peer, TTL, M_GREETING));
        silent.awaitValues(2);
        world.await(here.closeAsync());
        GraspContractTest.assertCode(asking.awaitFailure(), GraspErrorCode.NO_SESSION);
        assertThat(cancelled.isEnded()).isFalse();
        world.awaitNoResidue(there);
        Throwable late =
                world.collect(silent.values().get(1).reply(text("too late"))).awaitFailure();
        assertThat(late).isInstanceOf(GraspException.class);
        silent.cancel();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 99, 100, 106, 256})
    void assignedNumbersAreRefused(int type) {
        Grasp node = world.start();
        assertThat(world.collect(extensions(node).messages(type)).awaitFailure())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(world.collect(extensions(node).multicast(type)).awaitFailure())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDullInstanceSendsNoExtensionsAndHandlersEndWithTheNode() {
        Grasp dull = world.awaitOne(world.startAlone().startOnSharedLoop(world.dull("AN_ACP")));
        assertThat(world.collect(extensions(dull).multicast(M_GREETING)).awaitFailure())
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SECURITY));
        Collected<IncomingMessage> handling = world.collect(extensions(dull).messages(M_GREETING));
        world.await(dull.load());
        world.await(dull.closeAsync());
        handling.awaitEnd();
    }

    @Test
    void handlersAndExchangesEndWithTheirAsa() {
        Grasp here = world.start();
        Grasp there = world.start();
        Asa server = asa(there, EX1);
        Collected<IncomingMessage> silent = world.collect(server.extensions().messages(M_GREETING));
        Collected<IncomingOption> options = world.collect(server.extensions().options(O_COSE_SIGN));
        Asa seeker = world.awaitOne(here.registerAsa("seeker"));
        AsaLocator peer = world.awaitOne(seeker.discover(EX1, world.moment()).next());
        Collected<ExtensionMessage> asking = world.collect(seeker.extensions().ask(peer, TTL, M_GREETING));
        silent.awaitValues(1);

        world.await(seeker.deregister());
        assertThat(asking.awaitFailure())
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SESSION));
        world.await(server.deregister());
        silent.awaitEnd();
        options.awaitEnd();
        assertThat(world.collect(server.extensions().messages(M_GREETING)).awaitFailure())
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_ASA));
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
    }
}
