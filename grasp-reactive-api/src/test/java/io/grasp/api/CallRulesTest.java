package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.GraspObserver;
import io.grasp.engine.MessagePath;
import io.grasp.engine.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** What a call of an ASA demands of its objective, what it does first, how long it waits, and how it is repeated. */
class CallRulesTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Duration TTL = Duration.ofMinutes(1);

    private final SimWorld world = new SimWorld(LinkKind.DATAGRAM);
    private final Sent observer = new Sent();
    private final AsaLocator peer = AsaLocator.of(SimWorld.somewhere());
    private Grasp node;
    private Asa asa;

    @BeforeEach
    void start() {
        world.start(); // a neighbor
        node = world.start(config -> config.withObserver(observer));
        asa = world.awaitOne(node.registerAsa("asa"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void assertRefused(Map<String, Publisher<?>> calls, GraspErrorCode code) {
        calls.forEach((call, publisher) -> {
            Throwable failure = world.collect(publisher).awaitFailure();
            assertThat(failure).as(call).isNotNull();
            GraspContractTest.assertCode(failure, code);
        });
        assertThat(observer.order).as("nothing was sent").isEmpty();
    }

    /** Each call that sends a message about an objective to be negotiated. */
    private Map<String, Publisher<?>> negotiating(Objective objective) {
        return Map.of(
                "requestNegotiate", asa.requestNegotiate(objective, TTL),
                "requestNegotiate of a peer", asa.requestNegotiate(objective, peer, TTL),
                "negotiate", asa.negotiate(objective, TTL, offers -> offers.map(offer -> Move.accept())),
                "rapid", asa.rapid().requestNegotiate(objective, TTL),
                "a raw channel", RawChannel.request(asa, objective, peer),
                "listenNegotiate", asa.listenNegotiate(objective),
                "listening for raw channels", RawChannel.listen(asa, objective));
    }

    /** Each call that sends the value of an objective to be synchronized. */
    private Map<String, Publisher<?>> serving(Objective objective) {
        return Map.of(
                "listenSynchronize", asa.listenSynchronize(objective),
                "listenSynchronize with values", asa.listenSynchronize(objective, Flux.just(objective.value())),
                "flood", asa.flood(TTL, objective),
                "flood beside another",
                        asa.flood(TTL, List.of(TaggedObjective.untagged(EX2), TaggedObjective.untagged(objective))));
    }

    /** Each call that asks for the value of an objective to be synchronized. */
    private Map<String, Publisher<?>> reading(Objective objective) {
        return Map.of(
                "synchronize", asa.synchronize(objective, TTL),
                "synchronize with a peer", asa.synchronize(objective, peer, TTL),
                "rapid", asa.rapid().synchronize(objective, TTL));
    }

    @Test
    @Proves("8990-2.10.3-8")
    void anObjectiveToNegotiateTravelsInNoMessageThatSynchronizes() {
        Objective negotiated = EX3.withValue(1);
        world.await(asa.register(EX2));
        world.await(asa.register(EX3));

        assertRefused(serving(negotiated), GraspErrorCode.NOT_SYNCHRONIZABLE);
        assertRefused(reading(negotiated), GraspErrorCode.NOT_SYNCHRONIZABLE);
    }

    @Test
    @Proves("8990-2.10.3-12")
    void anObjectiveToSynchronizeTravelsInNoMessageThatNegotiates() {
        world.await(asa.register(EX2));

        assertRefused(negotiating(EX2.withValue(1)), GraspErrorCode.NOT_NEGOTIABLE);
    }

    @Test
    @Proves({"8991-2.3.3-4", "8991-2.3.6-8"})
    void whatAnAsaNegotiatesServesOrFloodsItRegistersFirst() {
        assertRefused(negotiating(EX3.withValue(1)), GraspErrorCode.NOT_YOUR_OBJECTIVE);
        assertRefused(serving(EX2.withValue(1)), GraspErrorCode.NOT_YOUR_OBJECTIVE);
    }

    @Test
    void whatIsOnlyReadNeedsNoRegistration() {
        Asa server = world.awaitOne(world.start().registerAsa("server"));
        world.await(server.register(EX2, RegistrationOptions.DEFAULTS));
        world.awaitOne(server.listenSynchronize(EX2.withValue("v")));

        assertThat(world.await(asa.discover(EX2, world.moment()))).hasSize(1);
        assertThat(world.awaitOne(asa.synchronize(EX2, TTL)).value()).hasToString("\"v\"");
        assertThat(world.await(asa.getFlood("EX2"))).isEmpty();
    }

    // Peers

    private Asa server() {
        Asa server = world.awaitOne(world.start().registerAsa("server"));
        world.await(server.register(EX3));
        world.await(server.register(EX2));
        return server;
    }

    @Test
    @Proves({"8991-2.3.5-5", "8991-2.3.6-6"})
    void withoutAPeerADiscoveryComesFirst() {
        Asa server = server();
        Collected<Negotiation> accepting =
                world.collect(server.listenNegotiate(EX3).flatMap(Negotiation::accept));
        world.awaitOne(server.listenSynchronize(EX2.withValue("v")));
        world.await(asa.register(EX3));

        assertThat(world.awaitOne(asa.requestNegotiate(EX3.withValue(1), TTL)).outcome())
                .isPresent();
        assertThat(observer.order).containsExactly("M_DISCOVERY", "M_REQ_NEG");
        observer.order.clear();
        assertThat(world.awaitOne(asa.synchronize(EX2, TTL)).value()).hasToString("\"v\"");
        assertThat(observer.order).containsExactly("M_DISCOVERY", "M_REQ_SYN");
        accepting.cancel();
    }

    /** None can be reached, so that all are tried, each in its turn. */
    @Test
    @Proves("8990-2.5.4.3-17")
    void peersAreTriedInTheDefaultOrderUnlessTheAsaChooses() {
        Locator ipv6 = SimWorld.somewhere();
        Locator ipv4 = SimWorld.somewhereOnIpv4();
        Asa server = server();
        world.await(server.deregister("EX3"));
        world.await(server.register(
                EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(ipv4, ipv6))));
        world.await(asa.register(EX3));

        assertThat(world.collect(asa.requestNegotiate(EX3.withValue(1), Duration.ofSeconds(1)))
                        .awaitFailure())
                .hasMessageContaining("tried " + ipv6 + ", " + ipv4);
        Asa other = asa.withPeerChoice(found -> found);
        assertThat(world.collect(other.requestNegotiate(EX3.withValue(1), Duration.ofSeconds(1)))
                        .awaitFailure())
                .hasMessageContaining("tried " + ipv4 + ", " + ipv6);
    }

    // Time

    private AsaLocator silentPeer(List<Negotiation> taken) {
        Asa server = server();
        world.collect(server.listenNegotiate(EX3).doOnNext(taken::add));
        world.await(asa.register(EX3));
        return world.await(asa.discover(EX3, world.moment())).get(0);
    }

    @Test
    @Proves("8991-2.3.2.3-1")
    void aTimeoutOfZeroIsAMinuteButForADiscovery() {
        List<Negotiation> taken = new ArrayList<>();
        AsaLocator silent = silentPeer(taken);
        assertFailsAfterAMinute(world.collect(asa.requestNegotiate(EX3.withValue(1), silent, Duration.ZERO)));

        Collected<Negotiation> request =
                world.collect(asa.requestNegotiate(EX3.withValue(1), silent, Duration.ofSeconds(5)));
        world.awaitUntil("the request", () -> taken.size() == 2);
        Collected<Negotiation> theirs = world.collect(taken.get(1).step(2));
        Negotiation ours = request.awaitValues(1).get(0);
        assertFailsAfterAMinute(world.collect(ours.step(ObjectiveValue.of(3), Duration.ZERO)));
        theirs.awaitEnd();

        Duration before = world.loop.now();
        assertThat(world.await(asa.discover(EX3, Duration.ZERO))).isEmpty();
        assertThat(world.loop.now()).isEqualTo(before);
    }

    private void assertFailsAfterAMinute(Collected<?> operation) {
        world.loop.advance(Duration.ofSeconds(59));
        assertThat(operation.isEnded()).isFalse();
        world.loop.advance(Duration.ofSeconds(2));
        GraspContractTest.assertCode(operation.failure(), GraspErrorCode.NO_NEGOTIATION_REPLY);
    }

    /** Draws the longest pause each time: 1, 2 and 4 s, each after a timeout of 5 s. */
    @Test
    @Proves({"8990-2.5.5-2", "8991-2.3.5-10"})
    void aRepeatedNegotiationRequestBacksOffExponentially() {
        AsaLocator silent = silentPeer(new ArrayList<>());
        observer.times.clear();
        observer.sessions.clear();
        Throwable failure = world.collect(asa.requestNegotiate(EX3.withValue(1), silent, Duration.ofSeconds(5))
                        .retryWhen(longestBackoff()))
                .awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.NO_NEGOTIATION_REPLY);
        assertThat(observer.order).endsWith("M_REQ_NEG", "M_REQ_NEG", "M_REQ_NEG", "M_REQ_NEG");
        assertThat(observer.pauses()).containsExactly(6L, 7L, 9L);
        assertThat(observer.sessions).doesNotHaveDuplicates();

        world.collect(asa.requestNegotiate(EX3.withValue(1), silent, Duration.ofSeconds(5)))
                .awaitFailure();
        world.loop.advance(Duration.ofHours(1));
        assertThat(observer.times).as("without a backoff there is one try").hasSize(5);
    }

    @Test
    @Proves({"8990-2.5.6.1-3", "8991-2.3.6-3"})
    void aRepeatedSynchronizationRequestBacksOffExponentially() {
        AsaLocator deaf = silentPeer(new ArrayList<>());
        observer.times.clear();
        observer.sessions.clear();
        Throwable failure = world.collect(
                        asa.synchronize(EX2, deaf, Duration.ofSeconds(5)).retryWhen(longestBackoff()))
                .awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.NO_LISTENER);
        assertThat(observer.pauses()).containsExactly(1L, 2L, 4L);
        assertThat(observer.sessions).doesNotHaveDuplicates();

        world.collect(asa.synchronize(EX2, deaf, Duration.ofSeconds(5))).awaitFailure();
        world.loop.advance(Duration.ofHours(1));
        assertThat(observer.times).as("without a backoff there is one try").hasSize(5);
    }

    private Backoff longestBackoff() {
        return new Backoff(3, Duration.ofSeconds(1), Duration.ofSeconds(10), node.scheduler(), BackoffTest.LONGEST);
    }

    /** Records in what order, and when, messages were sent. */
    private final class Sent implements GraspObserver {
        final List<String> order = new ArrayList<>();
        final List<Duration> times = new ArrayList<>();
        final List<SessionId> sessions = new ArrayList<>();

        @Override
        public void messageSent(GraspMessage message, byte[] encoded, MessagePath path) {
            order.add(MessageType.name(message.type()));
            times.add(world.loop.now());
            sessions.add(message.session());
        }

        /** {@return the whole seconds between what is in {@link #times}} */
        List<Long> pauses() {
            return IntStream.range(1, times.size())
                    .mapToObj(i -> times.get(i).minus(times.get(i - 1)).toSeconds())
                    .toList();
        }
    }
}
