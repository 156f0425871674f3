package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;

/** The maximum size of messages (RFC 8990 section 2.6), on every substrate. At the end of each test no resource of its nodes remains. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.grasp.api.TestSubstrate#everyFraming")
class MessageSizeContractTest extends ContractTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final SessionId LONGEST_ID = new SessionId(SessionId.MAX_VALUE);
    private static final int LIMIT = 5000;
    private static final int LARGE = 70_000;
    private static final byte[] VALUE = new byte[64 * 1024];

    static {
        new Random(1).nextBytes(VALUE);
    }

    /** By the responder. */
    private final AtomicInteger longestSent = new AtomicInteger();

    private Grasp here;
    private Grasp there;
    private Asa initiator;
    private Asa responder;
    private AsaLocator peer;

    @BeforeEach
    void begin() {
        here = world.start();
        there = world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                longestSent.accumulateAndGet(encoded.length, Math::max);
            }
        }));
        initiator = world.awaitOne(here.registerAsa("initiator"));
        responder = world.awaitOne(there.registerAsa("responder"));
        Objective probe = Objective.negotiable("probe");
        world.await(responder.register(probe, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        peer = world.awaitOne(
                initiator.discover(probe, world.moment().multipliedBy(20)).next());
    }

    @AfterEach
    void nothingIsLeft() {
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
    }

    private void register(Asa asa, Objective objective, int maxBytes) {
        world.await(asa.register(objective, RegistrationOptions.DEFAULTS.withMaxMessageBytes(maxBytes)));
    }

    private Collected<Negotiation> listen() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        return listening;
    }

    private Collected<Negotiation> request(Objective objective) {
        return world.collect(initiator.requestNegotiate(objective, peer));
    }

    /** {@return a request with this number of bytes on the wire} */
    static Objective requestOf(int bytes) {
        int value = bytes;
        while (encode(EX3.withValue(new byte[value])).length > bytes) {
            value--;
        }
        return EX3.withValue(new byte[value]);
    }

    static byte[] encode(Objective request) {
        return MessageEncoder.encode(new RequestNegotiation(new SessionId(SessionId.MAX_VALUE), request));
    }

    private void assertFails(Collected<?> operation, GraspErrorCode code, String... words) {
        Throwable failure = operation.awaitFailure();
        GraspContractTest.assertCode(failure, code);
        assertThat(List.of(words)).allSatisfy(word -> assertThat(failure).hasMessageContaining(word));
    }

    @Test
    void largeValuesGoBothWays() {
        register(initiator, EX3, LARGE);
        register(responder, EX3, LARGE);
        Collected<Negotiation> listening = listen();
        Collected<Negotiation> request = request(EX3.withValue(VALUE));
        Negotiation theirs = listening.awaitValues(1).get(0);
        assertThat(theirs.objective().value().as(byte[].class)).isEqualTo(VALUE);

        Collected<Negotiation> step = world.collect(theirs.step(VALUE));
        Negotiation ours = request.awaitValues(1).get(0);
        assertThat(ours.objective().value().as(byte[].class)).isEqualTo(VALUE);
        world.awaitOne(ours.accept());
        step.awaitValues(1);
        listening.cancel();
    }

    @Test
    void largeValuesAreSynchronized() {
        register(initiator, EX2, LARGE);
        register(responder, EX2, LARGE);
        SynchronizationResponder served = world.awaitOne(responder.listenSynchronize(EX2.withValue(VALUE)));
        Objective received = world.awaitOne(initiator.synchronize(EX2, peer));
        assertThat(received.value().as(byte[].class)).isEqualTo(VALUE);
        world.await(served.stop());
    }

    @Test
    void largeItemsGoOverARawChannel() {
        register(initiator, EX3, LARGE);
        register(responder, EX3, LARGE);
        Collected<RawChannel> listening = world.collect(responder.raw().listen(EX3));
        world.await(responder.getFlood("EX1"));
        RawChannel ours = world.awaitOne(initiator.raw().request(EX3, peer));
        RawChannel theirs = listening.awaitValues(1).get(0);
        Collected<Void> sending = world.collect(theirs.send(ObjectiveValue.of(VALUE)));
        AtomicReference<byte[]> received = new AtomicReference<>();
        world.await(ours.receive().next().doOnNext(item -> received.set(item.as(byte[].class))));
        assertThat(received.get()).isEqualTo(VALUE);
        sending.awaitEnd();
        world.await(ours.close());
        world.await(theirs.receive());
        listening.cancel();
    }

    @Test
    @Proves("8990-2.8.3-2")
    void aMessageOfExactlyTheLimitIsSentAndALongerOneIsRefused() {
        register(initiator, EX3, LIMIT);
        register(responder, EX3, LIMIT);
        Collected<Negotiation> listening = listen();
        assertThat(encode(requestOf(LIMIT))).hasSize(LIMIT);
        Collected<Negotiation> request = request(requestOf(LIMIT));
        Negotiation theirs = listening.awaitValues(1).get(0);
        assertFails(
                world.collect(theirs.step(new byte[LIMIT])),
                GraspErrorCode.UNSPECIFIED,
                "is limited to 5000 bytes",
                "EX3");
        world.awaitOne(theirs.accept());
        request.awaitValues(1);

        assertFails(
                request(requestOf(LIMIT + 1)),
                GraspErrorCode.UNSPECIFIED,
                "[EX3]",
                "is limited to 5000 bytes, this one has 5001");
        listening.cancel();
    }

    @Test
    void aMessageOneByteAboveTheLimitIsNotAccepted() {
        register(initiator, EX3, LIMIT + 1);
        register(responder, EX3, LIMIT);
        Collected<Negotiation> listening = listen();
        assertFails(request(requestOf(LIMIT + 1)), GraspErrorCode.NO_PEER);
        assertThat(listening.values()).isEmpty();
        listening.cancel();
    }

    @Test
    @Proves({"8990-2.8.3-1", "8990-2.8.3-2"})
    void theDefaultLimitIs2048Bytes() {
        world.await(initiator.register(EX3));
        world.await(responder.register(EX3));
        Collected<Negotiation> listening = listen();
        assertFails(
                request(requestOf(2049)), GraspErrorCode.UNSPECIFIED, "is limited to 2048 bytes, this one has 2049");

        Collected<Negotiation> request = request(requestOf(2048));
        world.awaitOne(listening.awaitValues(1).get(0).accept());
        request.awaitValues(1);
        listening.cancel();
    }

    /** {@return an objective with which a message has this number of bytes} */
    private static Objective filled(Objective objective, int bytes, Function<Objective, GraspMessage> message) {
        int value = bytes;
        while (MessageEncoder.encode(message.apply(objective.withValue(new byte[value]))).length > bytes) {
            value--;
        }
        return objective.withValue(new byte[value]);
    }

    @Test
    @Proves({"8990-2.8.3-1", "8990-2.8.3-2"})
    void everyMoveIsLimitedTo2048Bytes() {
        world.await(initiator.register(EX3));
        world.await(responder.register(EX3));
        Collected<Negotiation> listening = listen();
        Collected<Negotiation> request = request(EX3.withValue(1));
        Negotiation theirs = listening.awaitValues(1).get(0);
        ObjectiveValue longest =
                filled(EX3, 2048, offer -> new Negotiate(LONGEST_ID, offer)).value();
        ObjectiveValue tooLong =
                filled(EX3, 2049, offer -> new Negotiate(LONGEST_ID, offer)).value();
        assertFails(world.collect(theirs.step(tooLong)), GraspErrorCode.UNSPECIFIED, "is limited to 2048 bytes");
        Collected<Negotiation> next = world.collect(theirs.step(longest));
        Negotiation ours = request.awaitValues(1).get(0);
        assertThat(ours.objective().value()).isEqualTo(longest);
        assertFails(world.collect(ours.step(tooLong)), GraspErrorCode.UNSPECIFIED, "is limited to 2048 bytes");
        Collected<Negotiation> last = world.collect(ours.step(longest));
        assertThat(next.awaitValues(1).get(0).objective().value()).isEqualTo(longest);
        assertFails(
                world.collect(next.values().get(0).decline("x".repeat(2048))),
                GraspErrorCode.UNSPECIFIED,
                "is limited to 2048 bytes");
        world.awaitOne(next.values().get(0).accept());
        last.awaitValues(1);
        listening.cancel();
    }

    @Test
    @Proves({"8990-2.8.3-1", "8990-2.8.3-2"})
    void aServedValueIsLimitedTo2048Bytes() {
        world.await(responder.register(EX2));
        Objective longest = filled(EX2, 2048, served -> new Synch(LONGEST_ID, served));
        Objective tooLong = filled(EX2, 2049, served -> new Synch(LONGEST_ID, served));
        assertFails(
                world.collect(responder.listenSynchronize(tooLong)),
                GraspErrorCode.UNSPECIFIED,
                "is limited to 2048 bytes");
        SynchronizationResponder served = world.awaitOne(responder.listenSynchronize(longest));
        assertFails(
                world.collect(served.update(tooLong.value())), GraspErrorCode.UNSPECIFIED, "is limited to 2048 bytes");
        assertThat(world.awaitOne(initiator.synchronize(EX2, peer)).value()).isEqualTo(longest.value());
        world.await(served.stop());
    }

    @Test
    @Proves("8990-2.8.3-2")
    void allOtherUnicastMessagesAreLimitedTo2048Bytes() {
        Objective asked = filled(EX2, 2049, objective -> new RequestSynchronization(LONGEST_ID, objective));
        Objective named = Objective.negotiable("x".repeat(2048));
        ObjectiveValue content = ObjectiveValue.of(new byte[2048]);
        for (Publisher<?> call : List.<Publisher<?>>of(
                initiator.synchronize(asked, peer),
                initiator.discover(named, DiscoverOptions.within(world.moment()).withPeer(peer)),
                initiator.extensions().ask(peer, world.moment(), 200, content))) {
            assertFails(world.collect(call), GraspErrorCode.UNSPECIFIED, "is limited to 2048 bytes");
        }
        Collected<IncomingMessage> questions =
                world.collect(responder.extensions().messages(200));
        Collected<ExtensionMessage> asking =
                world.collect(initiator.extensions().ask(peer, Duration.ofMinutes(1), 200, ObjectiveValue.of(1)));
        IncomingMessage question = questions.awaitValues(1).get(0);
        assertFails(world.collect(question.reply(content)), GraspErrorCode.UNSPECIFIED, "is limited to 2048 bytes");
        world.await(question.reply(ObjectiveValue.of(2)));
        asking.awaitValues(1);
        asking.cancel();
        questions.cancel();

        world.await(initiator.register(EX3));
        world.await(responder.register(EX3));
        Collected<Negotiation> listening = listen();
        Collected<Negotiation> request = request(EX3.withValue(1));
        world.await(listening.awaitValues(1).get(0).sendInvalid(new byte[3000]));
        assertFails(request, GraspErrorCode.NO_VALID_STEP, "M_INVALID");
        assertThat(longestSent).as("as many bytes as fit").hasValueBetween(2000, 2048);
        listening.cancel();
    }

    @Test
    @Proves("8990-2.8.3-1")
    void aHigherLimitAppliesToItsObjectiveOnly() {
        register(initiator, EX3, LARGE);
        world.await(responder.register(EX3));
        register(responder, Objective.negotiable("large"), LARGE);
        Collected<Negotiation> listening = listen();

        assertFails(request(requestOf(LIMIT)), GraspErrorCode.NO_VALID_STEP, "M_INVALID");
        Collected<Negotiation> request = request(requestOf(2048));
        world.awaitOne(listening.awaitValues(1).get(0).accept());
        request.awaitValues(1);
        assertThat(listening.values()).hasSize(1);
        listening.cancel();
    }

    @Test
    void theDefaultLimitReturnsWhenTheLargeObjectiveIsDeregistered() {
        register(initiator, EX3, LARGE);
        world.await(responder.register(EX3));
        register(responder, Objective.negotiable("large"), LARGE);
        world.await(responder.deregister("large"));
        Collected<Negotiation> listening = listen();
        assertFails(request(requestOf(2049)), GraspErrorCode.NO_PEER);
        listening.cancel();
    }

    @Test
    void theDefaultLimitReturnsWhenItsAsaIsDeregistered() {
        register(initiator, EX3, LARGE);
        world.await(responder.register(EX3));
        Asa other = world.awaitOne(there.registerAsa("other"));
        register(other, Objective.negotiable("large"), LARGE);
        world.await(other.deregister());
        Collected<Negotiation> listening = listen();
        assertFails(request(requestOf(2049)), GraspErrorCode.NO_PEER);
        listening.cancel();
    }

    @Test
    @Proves("8990-2.5.3-3")
    void aMulticastThatIsTooLongForTheLinkIsRefused() {
        int most = world.awaitOne(here.links()).get(0).maxMulticastBytes();
        int longest = Math.min(most, 2048);
        world.await(initiator.register(EX2));
        Objective tooLong = EX2.withValue(new byte[longest]);
        assertFails(
                world.collect(initiator.flood(tooLong, FloodOptions.indefinite())),
                GraspErrorCode.UNSPECIFIED,
                "[EX2]",
                "a multicast on link",
                "is limited to " + longest + " bytes");
        assertThat(world.await(initiator.getFlood("EX2")))
                .as("not cached either")
                .isEmpty();

        Objective named = Objective.negotiable("x".repeat(longest));
        assertFails(
                world.collect(initiator.discover(named, world.moment())),
                GraspErrorCode.UNSPECIFIED,
                "a multicast on link",
                "is limited to " + longest + " bytes");
    }

    /** {@return the number of bytes by which a multicast was too long} */
    private int excess(Collected<?> call) {
        Throwable failure = call.awaitFailure();
        GraspContractTest.assertCode(failure, GraspErrorCode.UNSPECIFIED);
        Matcher sizes = Pattern.compile("is limited to (\\d+) bytes, this one has (\\d+)")
                .matcher(failure.getMessage());
        assertThat(sizes.find()).as(failure.getMessage()).isTrue();
        return Integer.parseInt(sizes.group(2)) - Integer.parseInt(sizes.group(1));
    }

    @Test
    @Proves("8990-2.5.3-3")
    void aMulticastIsLimitedToThePayloadOfTheLink() {
        int longest = Math.min(world.awaitOne(here.links()).get(0).maxMulticastBytes(), 2048);
        Duration ttl = Duration.ofMinutes(1);
        world.await(initiator.register(EX2));
        Collected<FloodedObjective> heard = world.collect(responder.floods("EX2"));
        int fits = longest - excess(world.collect(initiator.flood(EX2.withValue(new byte[longest]), ttl)));
        world.await(initiator.flood(EX2.withValue(new byte[fits]), ttl));
        assertThat(heard.awaitValues(1).get(0).objective().value().as(byte[].class))
                .hasSize(fits);
        assertThat(excess(world.collect(initiator.flood(EX2.withValue(new byte[fits + 1]), ttl))))
                .isEqualTo(1);
        heard.cancel();

        String name = "x".repeat(longest);
        name = name.substring(excess(world.collect(initiator.discover(Objective.negotiable(name), world.moment()))));
        assertThat(world.await(initiator.discover(Objective.negotiable(name), world.moment())))
                .isEmpty();
        assertThat(excess(world.collect(initiator.discover(Objective.negotiable(name + "x"), world.moment()))))
                .isEqualTo(1);
    }
}
