package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.ScriptedPeer;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.MessageInfo;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** The behavior of a node with default settings, as seen by a neighbor that reads and writes bytes. */
class DefaultNodeTest extends OneNode {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Sent sent = new Sent();

    private InetAddress address() {
        return peer.node.addresses().get(0);
    }

    private void pass(Duration time) {
        world.loop.advance(time);
    }

    @Test
    @Proves({"8990-2.5.4.4-6", "8990-2.5.6.2-10", "8990-2.5.6.2-12", "8990-2.5.6.2-13"})
    void aNodeWithDefaultSettingsRelaysMessagesOnceWhileHopsAreLeft() {
        for (int loopCount = 0; loopCount <= 2; loopCount++) {
            Objective sought = Objective.discoverable("EX5").withLoopCount(loopCount);
            peer.multicast(flood(10 + loopCount, loopCount));
            peer.multicast(new Discovery(new SessionId(20 + loopCount), address(), sought));
            peer.connect(node).send(new Discovery(new SessionId(30 + loopCount), address(), sought));
        }
        pass(Duration.ofMillis(100));
        assertThat(beyond.heard.stream().map(DefaultNodeTest::idAndLoopCount))
                .containsExactlyInAnyOrder("12 1", "22 1", "32 1");

        peer.heard.clear();
        beyond.heard.clear();
        for (int time = 0; time < 5; time++) {
            peer.multicast(flood(12, 2));
            peer.multicast(flood(12, 6));
            beyond.multicast(flood(12, 5));
            pass(Duration.ofSeconds(29));
        }
        assertThat(peer.heard).isEmpty();
        assertThat(beyond.heard).isEmpty();
    }

    @Test
    @Proves({"8990-2.5.4.4-7", "8990-2.5.6.2-11", "8990-2.5.6.2-12"})
    void aNodeWithDefaultSettingsLimitsTheRateOfRelaying() {
        for (int second = 0; second < 5; second++) {
            for (int i = 0; i < 200; i++) {
                int id = 1000 * second + i;
                peer.multicast(flood(id, 6));
                peer.multicast(new Discovery(new SessionId(10_000 + id), address(), Objective.discoverable("EX5")));
            }
            pass(Duration.ofSeconds(1));
        }
        assertThat(beyond.heard.stream()
                        .map(ScriptedPeer::decode)
                        .collect(Collectors.groupingBy(Object::getClass, Collectors.counting())))
                .as("half of a burst of 200, and 50 per second, because all come from one link")
                .containsOnlyKeys(Flood.class, Discovery.class)
                .allSatisfy((kind, count) -> assertThat(count).isBetween(295L, 355L));
        pass(MINUTE);
    }

    private Flood flood(int id, int loopCount) {
        Objective flooded = EX2.withLoopCount(loopCount).withValue(id);
        return new Flood(new SessionId(id), address(), 60_000, List.of(TaggedObjective.untagged(flooded)));
    }

    private static String idAndLoopCount(byte[] relayed) {
        GraspMessage message = ScriptedPeer.decode(relayed);
        Objective objective = message instanceof Flood flood ? flood.first() : ((Discovery) message).objective();
        return message.session().value() + " " + objective.loopCount();
    }

    @Test
    @Proves({"8990-2.5.5.1-2", "8990-2.5.6.3-2"})
    void aNodeWithDefaultSettingsDoesNotAnswerRapidRequests() {
        Collected<Negotiation> requests = world.collect(asa.listenNegotiate(EX3));
        world.awaitOne(asa.listenSynchronize(EX2.withValue("v")));
        ScriptedPeer.Wire wire = peer.connect(node);
        for (int time = 0; time < 2; time++) {
            peer.multicast(new Discovery(new SessionId(10 + time), address(), EX3.withValue(7)));
            peer.multicast(new Discovery(new SessionId(20 + time), address(), EX2.withValue(0)));
        }
        wire.send(new Discovery(new SessionId(30), address(), EX2.withValue(0)));
        pass(Duration.ofSeconds(1));

        List<GraspMessage> answers = new ArrayList<>(wire.received);
        peer.accepted.forEach(each -> answers.addAll(each.received));
        assertThat(answers)
                .hasSize(5)
                .allSatisfy(answer -> assertThat(answer)
                        .isInstanceOfSatisfying(
                                Response.class,
                                response -> assertThat(response.objective()).isNull()));
        assertThat(requests.values()).isEmpty();
        requests.cancel();
    }

    /** Regardless of how the ASA supports the objective, and of the path of the discovery. */
    @Test
    @Proves("8990-2.8.5-6")
    void aNodeAnswersForSupportedObjectivesWithItsOwnLocator() {
        Objective ex4 = Objective.synchronizable("EX4");
        Objective ex5 = Objective.discoverable("EX5");
        List<Objective> all = List.of(EX2, EX3, ex4, ex5);
        all.forEach(this::learn);
        beyond.multicast(new Discovery(new SessionId(10), address(), EX3));
        pass(Duration.ofMillis(100));
        assertThat(beyond.accepted.get(0).received)
                .singleElement()
                .isInstanceOfSatisfying(
                        Response.class,
                        response -> assertThat(response.options())
                                .as("for an unsupported objective")
                                .containsExactly(new GraspOption.Divert(List.of(locator(peer.node)))));

        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        world.awaitOne(asa.listenSynchronize(EX2.withValue("v")));
        world.await(asa.register(ex4, RegistrationOptions.DEFAULTS.withRapid(RapidMode.RESPONSE)));
        world.awaitOne(asa.listenSynchronize(ex4.withValue("v")));
        world.await(asa.register(ex5, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        List<NodeLocators.OnLink> own = world.awaitOne(grasp.locators()).links();
        for (int i = 0; i < all.size(); i++) {
            ScriptedPeer.Wire asking = beyond.connect(node);
            asking.send(new Discovery(new SessionId(20 + i), address(), all.get(i)));
            assertTellsItself(asking, own.get(1));
            for (ScriptedPeer asker : List.of(peer, beyond)) {
                asker.accepted.clear();
                asker.multicast(new Discovery(new SessionId(30 + i), address(), all.get(i)));
            }
            pass(Duration.ofMillis(100));
            assertTellsItself(peer.accepted.get(0), own.get(0));
            assertTellsItself(beyond.accepted.get(0), own.get(1));
        }
        listening.cancel();
    }

    private void assertTellsItself(ScriptedPeer.Wire answer, NodeLocators.OnLink here) {
        pass(Duration.ofMillis(100));
        assertThat(answer.received)
                .singleElement()
                .isInstanceOfSatisfying(
                        Response.class,
                        response -> assertThat(response.options())
                                .containsExactly(new GraspOption.LocatorOption(here.locator())));
    }

    @Test
    @Proves({"8990-2.5.5.1-2", "8990-2.5.6.3-2", "8990-2.8.4-5"})
    void aNodeWithDefaultSettingsNeitherSendsNorAcceptsRapidMessages() {
        Duration timeout = Duration.ofSeconds(20);
        List<Collected<?>> asking = new ArrayList<>();
        for (Publisher<?> call : List.of(
                asa.discover(EX3.withValue(7), timeout),
                asa.discover(EX2.withValue(7), timeout),
                asa.requestNegotiate(EX3.withValue(7), RequestOptions.within(timeout)),
                asa.negotiate(EX3.withValue(7), RequestOptions.within(timeout), offers -> Mono.never()),
                asa.raw().request(EX3.withValue(7), RequestOptions.within(timeout)),
                asa.synchronize(EX2, RequestOptions.within(timeout)),
                asa.synchronize(EX2.withValue(7), RequestOptions.within(timeout)))) {
            asking.add(world.collect(call));
        }
        pass(Duration.ofMillis(100));
        assertThat(peer.heard).hasSize(7);
        for (byte[] heard : peer.heard) {
            Discovery asked = (Discovery) ScriptedPeer.decode(heard);
            assertThat(asked.objective().value()).hasToString("null");
            assertThat(asked.objective().loopCount()).isEqualTo(6);
            peer.connect(node)
                    .send(new Negotiate(asked.session(), EX3.withLoopCount(5).withValue(1)));
        }
        asking.add(world.collect(
                asa.discover(EX3.withValue(7), DiscoverOptions.within(timeout).withPeer(at(peer)))));
        asking.add(world.collect(
                asa.discover(EX2.withValue(7), DiscoverOptions.within(timeout).withPeer(at(peer)))));
        pass(Duration.ofMillis(100));
        assertThat(peer.accepted)
                .hasSize(2)
                .allSatisfy(asked -> assertThat(asked.received)
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Discovery.class,
                                discovery -> assertThat(discovery.objective().value())
                                        .hasToString("null")));
        assertThat(asking).allSatisfy(each -> {
            assertThat(each.isEnded()).isFalse();
            assertThat(each.values()).isEmpty();
        });
        asking.forEach(Collected::cancel);
    }

    @Test
    @Proves({"8990-2.8.4-8", "8990-2.8.4-10"})
    void rapidRequestsHaveTheDefaultTimerAndLoopCount() {
        List<Collected<?>> asking = List.of(
                world.collect(asa.rapid().requestNegotiate(EX3.withValue(7))),
                world.collect(asa.rapid().synchronize(EX2)));
        pass(MINUTE.minusMillis(1));
        assertThat(asking).allSatisfy(each -> assertThat(each.isEnded()).isFalse());
        pass(Duration.ofMillis(1));

        GraspContractTest.assertCode(asking.get(0).failure(), GraspErrorCode.NO_DISCOVERY_REPLY);
        GraspContractTest.assertCode(asking.get(1).failure(), GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED);
        assertThat(peer.heard)
                .extracting(heard ->
                        ((Discovery) ScriptedPeer.decode(heard)).objective().loopCount())
                .containsExactly(6, 6);
    }

    @Test
    @Proves({"8990-2.7-1", "8990-2.7-3"})
    void sessionIdsUseAll32BitsAndRarelyRepeat() {
        start(config -> config.withObserver(sent));
        List<Publisher<?>> calls = List.of(
                asa.flood(EX2.withValue(1), MINUTE),
                asa.discover(EX3, MINUTE),
                asa.requestNegotiate(
                        EX3.withValue(1), RequestOptions.to(at(peer)).withTimeout(MINUTE)),
                asa.synchronize(EX2, RequestOptions.to(at(peer)).withTimeout(MINUTE)),
                asa.rapid().requestNegotiate(EX3.withValue(1), RequestOptions.within(MINUTE)));
        for (int i = 0; i < 200; i++) {
            List<Collected<?>> begun = new ArrayList<>();
            calls.forEach(call -> begun.add(world.collect(call)));
            pass(Duration.ofMillis(10));
            begun.forEach(Collected::cancel);
        }

        assertThat(sent.sessions).hasSize(1000).doesNotHaveDuplicates();
        for (int bit = 0; bit < 32; bit++) {
            long mask = 1L << bit;
            assertThat(sent.sessions.stream().filter(id -> (id.value() & mask) != 0))
                    .as("bit %d", bit)
                    .hasSizeBetween(400, 600);
        }
    }

    /** A neighbor that accepts the connection and does not answer. */
    @Test
    @Proves({"8990-2.5.6.1-2", "8990-2.5.6.1-3", "8991-2.3.6-3"})
    void anUnansweredSynchronizationCanBeRepeatedWithTheBackoff() {
        Random ids = new Random(1);
        start(config -> config.withObserver(sent).withRandom(() -> new LongestPauses(ids)));
        Collected<Objective> asking =
                world.collect(asa.synchronize(EX2, at(peer)).retryWhen(grasp.backoff(7)));
        GraspContractTest.assertCode(asking.awaitFailure(), GraspErrorCode.NO_SYNCH_REPLY);

        assertThat(peer.accepted)
                .hasSize(8)
                .allSatisfy(
                        wire -> assertThat(wire.received).singleElement().isInstanceOf(RequestSynchronization.class));
        assertThat(peer.accepted.stream().map(wire -> wire.received.get(0).session()))
                .doesNotHaveDuplicates();
        assertThat(IntStream.range(1, 8)
                        .mapToObj(i ->
                                sent.times.get(i).minus(sent.times.get(i - 1)).toSeconds()))
                .as("a minute, and a pause of doubling length")
                .containsExactly(61L, 62L, 64L, 68L, 76L, 92L, 120L);
    }

    /** Two neighbors are known. The first one tried accepts the connection and does not answer. */
    @Test
    @Proves({"8991-2.3.5-10", "8991-2.3.6-3", "8991-4-1"})
    void aRequestToAKnownPeerIsRepeatedOnRequestOnlyAndWithTheBackoff() {
        Random ids = new Random(1);
        start(config -> config.withObserver(sent)
                .withRandom(() -> new LongestPauses(ids))
                .withTimeouts(Timeouts.DEFAULTS.withLocatorLifetime(DAY)));
        for (Objective objective : List.of(EX2, EX3)) {
            discoverBoth(objective);
        }
        for (Mono<?> call : List.of(
                asa.synchronize(EX2),
                asa.requestNegotiate(EX3.withValue(1)),
                asa.negotiate(EX3.withValue(1), offers -> Mono.never()))) {
            assertThat(secondsBetweenTries(call)).as("one try").isEmpty();
            assertThat(secondsBetweenTries(call.retryWhen(grasp.backoff(4))))
                    .as("a minute, and a pause of doubling length")
                    .containsExactly(61L, 62L, 64L, 68L);
        }
    }

    /** One discovery finds that both peers support an objective. */
    private void discoverBoth(Objective objective) {
        world.collect(asa.discover(objective, Duration.ofMillis(40)));
        pass(Duration.ofMillis(10));
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1));
        for (ScriptedPeer each : List.of(peer, beyond)) {
            GraspOption place = new GraspOption.LocatorOption(locator(each.node));
            each.reply(new Response(asked.session(), asked.initiator(), DAY.toMillis(), List.of(place), null));
        }
        pass(Duration.ofMillis(100));
        assertThat(world.await(asa.discover(objective, DiscoverOptions.knownOnly())))
                .hasSize(2);
    }

    /** {@return the pauses between the requests of a call until it fails without a reply} */
    private List<Long> secondsBetweenTries(Mono<?> call) {
        peer.accepted.clear();
        beyond.accepted.clear();
        sent.times.clear();
        sent.sessions.clear();
        Throwable failure = world.collect(call).awaitFailure();
        assertThat(((GraspException) failure).code())
                .isIn(GraspErrorCode.NO_SYNCH_REPLY, GraspErrorCode.NO_NEGOTIATION_REPLY);
        pass(Duration.ofHours(1));
        assertThat(peer.accepted.size() + beyond.accepted.size()).isEqualTo(sent.times.size());
        assertThat(sent.sessions).hasSameSizeAs(sent.times).doesNotHaveDuplicates();
        return IntStream.range(1, sent.times.size())
                .mapToObj(i -> sent.times.get(i).minus(sent.times.get(i - 1)).toSeconds())
                .toList();
    }

    /** Always draws the maximum. */
    record LongestPauses(Random ids) implements RandomGenerator {
        @Override
        public long nextLong() {
            return ids.nextLong();
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    }

    /** Records sent messages and their times. */
    private final class Sent implements GraspObserver {
        final List<SessionId> sessions = new ArrayList<>();
        final List<Duration> times = new ArrayList<>();

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            if (!path.link().equals("other")) {
                sessions.add(message.session());
            }
            times.add(world.loop.now());
        }
    }
}
