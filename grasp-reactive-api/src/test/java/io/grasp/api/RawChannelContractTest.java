package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The API's contract for raw channels, on every substrate. At the end of each test no resource of its nodes remains. */
@OnEverySubstrate
class RawChannelContractTest extends ContractTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final byte[] KIB = new byte[1024];

    private Grasp here;
    private Grasp there;
    private Asa initiator;
    private Asa responder;
    private AsaLocator peer;

    @BeforeEach
    void begin() {
        begin(config -> config);
    }

    /** @param settings of the initiator's node */
    private void begin(UnaryOperator<GraspConfig> settings) {
        world.end(here, there); // those of an earlier beginning, which divert discoveries to each other
        here = world.start(settings);
        there = world.start();
        initiator = world.awaitOne(here.registerAsa("initiator"));
        responder = world.awaitOne(there.registerAsa("responder"));
        world.await(initiator.register(EX3));
        world.await(responder.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        peer = world.awaitOne(
                initiator.discover(EX3, world.moment().multipliedBy(20)).next());
    }

    @AfterEach
    void nothingIsLeft() {
        world.awaitNoResidue(here);
        world.awaitNoResidue(there);
    }

    private record Pair(RawChannel ours, RawChannel theirs) {}

    private Pair pair() {
        return pair(initiator, responder, peer);
    }

    private Pair pair(Asa asking, Asa listeningAsa, AsaLocator where) {
        Collected<RawChannel> listening = world.collect(listeningAsa.raw().listen(EX3));
        world.await(listeningAsa.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        RawChannel ours = world.awaitOne(asking.raw().request(EX3.withValue("Start"), where));
        RawChannel theirs = listening.awaitValues(1).get(0);
        listening.cancel();
        return new Pair(ours, theirs);
    }

    private static ObjectiveValue item(Object value) {
        return ObjectiveValue.of(value);
    }

    private Object next(RawChannel channel) {
        return world.awaitOne(channel.receive().next()).as(Object.class);
    }

    @Test
    void itemsGoBothWays() {
        Pair pair = pair();
        assertThat(pair.theirs().objective().value().as(String.class)).isEqualTo("Start");
        assertThat(pair.theirs().sessionId()).isEqualTo(pair.ours().sessionId());

        world.await(pair.ours().send(item("hello")));
        assertThat(next(pair.theirs())).isEqualTo("hello");
        world.await(pair.theirs().send(item(List.of(1, 2))));
        world.await(pair.theirs().send(item(true)));
        assertThat(next(pair.ours())).as("one at a time").isEqualTo(List.of(1, 2));
        assertThat(next(pair.ours())).isEqualTo(true);

        Collected<ObjectiveValue> rest = world.collect(pair.theirs().receive());
        world.await(pair.ours().close());
        rest.awaitEnd();
        assertThat(rest.values()).isEmpty();
        assertFails(pair.ours().send(item(1)), GraspErrorCode.NO_SESSION);
        assertThat(world.await(pair.ours().receive())).isEmpty();
    }

    @Test
    void aRawChannelFindsItsPeer() {
        Collected<RawChannel> listening = world.collect(responder.raw().listen(EX3));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        world.await(initiator.discover(EX3, DiscoverOptions.knownOnly().withoutCached())); // forgets the peer
        RawChannel ours = world.awaitOne(initiator.raw().request(EX3.withValue("Start")));
        RawChannel theirs = listening.awaitValues(1).get(0);

        world.await(ours.send(item("hello")));
        assertThat(next(theirs)).isEqualTo("hello");
        world.await(ours.close());
        world.await(theirs.close());
        listening.cancel();
    }

    @Test
    void aRawChannelWithoutAPeerFails() {
        Objective unheardOf = Objective.negotiable("EX9");
        assertFails(
                initiator.raw().request(unheardOf.withValue(1), RequestOptions.within(Duration.ofMillis(50))),
                GraspErrorCode.NOT_YOUR_OBJECTIVE);
        world.await(initiator.register(unheardOf));
        assertFails(
                initiator.raw().request(unheardOf.withValue(1), RequestOptions.within(Duration.ofMillis(50))),
                GraspErrorCode.NO_DISCOVERY_REPLY);
    }

    @Test
    void bytesAfterTheRequestAreTheFirstItem() {
        Collected<RawChannel> listening =
                world.collect(responder.raw().listen(EX3).take(1));
        world.await(responder.getFlood("EX1")); // returns after the loop has run, so the ASA listens
        Collected<Void> sent = world.collect(initiator
                .raw()
                .request(EX3.withValue("Start"), peer)
                .flatMap(ours ->
                        ours.send(Flux.range(1, 3).map(ObjectiveValue::of)).then(ours.close())));
        RawChannel theirs = listening.awaitValues(1).get(0);
        sent.awaitEnd();

        assertThat(world.await(theirs.receive()))
                .extracting(value -> value.as(Integer.class))
                .containsExactly(1, 2, 3);
    }

    @Test
    void aReaderWithoutDemandStopsTheSender() {
        Pair pair = pair();
        int many = 20_000;
        AtomicInteger asked = new AtomicInteger();
        Flux<ObjectiveValue> items =
                Flux.range(0, many).doOnNext(i -> asked.incrementAndGet()).map(i -> item(KIB));
        Collected<Void> sending = world.collect(pair.ours().send(items));
        for (int before = -1; before != asked.get() || before == 0; ) {
            before = asked.get();
            pause();
        }
        assertThat(asked.get()).isBetween(1, many - 1);
        assertThat(sending.isEnded()).isFalse();

        assertThat(world.await(pair.theirs().receive().take(many, true).count()))
                .containsExactly((long) many);
        sending.awaitEnd();
        world.await(pair.theirs().close());
        assertThat(world.await(pair.ours().receive())).isEmpty();
    }

    /** Runs everything that can continue. */
    private void pause() {
        world.await(Mono.delay(world.moment().dividedBy(4), here.scheduler()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancellingAChannelFailsItOnBothSides(boolean byInitiator) {
        Pair pair = pair();
        RawChannel side = byInitiator ? pair.ours() : pair.theirs();
        RawChannel other = byInitiator ? pair.theirs() : pair.ours();
        Collected<ObjectiveValue> reading = world.collect(side.receive());
        Collected<ObjectiveValue> peerReading = world.collect(other.receive());
        pause();

        world.await(side.cancel());

        assertCode(reading.awaitFailure(), GraspErrorCode.NO_SESSION);
        assertCode(peerReading.awaitFailure(), GraspErrorCode.NO_SOCKET);
        assertFails(side.send(1), GraspErrorCode.NO_SESSION);
        assertFails(other.send(1), GraspErrorCode.NO_SESSION);
        assertFails(side.receive().then(), GraspErrorCode.NO_SESSION);
        world.await(side.cancel());
        world.await(other.cancel());
        assertFails(other.receive().then(), GraspErrorCode.NO_SOCKET);
    }

    @Test
    void cancellingAChannelDropsItemsThatThePeerDoesNotRead() {
        Pair pair = pair();
        Collected<Void> sending =
                world.collect(pair.ours().send(Flux.range(0, 20_000).map(i -> item(KIB))));
        pause();
        assertThat(sending.isEnded()).isFalse();

        world.await(pair.ours().cancel());

        assertCode(sending.awaitFailure(), GraspErrorCode.NO_SOCKET, GraspErrorCode.NO_SESSION);
        world.awaitNoResidue(here);
        assertFails(pair.theirs().receive().then(), GraspErrorCode.NO_SOCKET);
    }

    @Test
    void aChannelThatHasEndedNormallyIsNotChangedByCancel() {
        Pair pair = pair();
        world.await(pair.ours().send(item("last")));
        world.await(pair.ours().close());
        world.await(pair.ours().cancel());
        assertThat(next(pair.theirs())).isEqualTo("last");
        assertThat(world.await(pair.theirs().receive())).isEmpty();
        world.await(pair.theirs().cancel());
        assertThat(world.await(pair.theirs().receive())).isEmpty();
        assertThat(world.await(pair.ours().receive())).isEmpty();
    }

    @Test
    void asasOfOneNodeCanUseRawChannels() {
        Asa other = world.awaitOne(there.registerAsa("other"));
        Objective own = Objective.negotiable("own");
        world.await(responder.register(own, RegistrationOptions.DEFAULTS.withOverlap(true)));
        world.await(other.register(own, RegistrationOptions.DEFAULTS.withOverlap(true)));
        Collected<RawChannel> listening = world.collect(responder.raw().listen(own));
        AsaLocator local =
                world.awaitOne(other.discover(own, DiscoverOptions.knownOnly()).next());
        RawChannel ours = world.awaitOne(other.raw().request(own, local));
        RawChannel theirs = listening.awaitValues(1).get(0);
        int many = 2_000;
        AtomicInteger asked = new AtomicInteger();
        Collected<Void> sending = world.collect(ours.send(
                Flux.range(0, many).doOnNext(i -> asked.incrementAndGet()).map(i -> item(KIB))));
        pause();
        assertThat(asked.get()).as("stopped").isBetween(1, many - 1);

        assertThat(world.await(theirs.receive().take(many, true).count())).containsExactly((long) many);
        sending.awaitEnd();
        world.await(theirs.close());
        assertThat(world.await(ours.receive())).isEmpty();
        listening.cancel();
    }

    @Test
    void aNegotiationCanContinueInARawChannel() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(EX3.withValue(1), peer));
        Negotiation theirSession = listening.awaitValues(1).get(0);
        RawChannel theirs = world.awaitOne(theirSession.raw(item("go raw")));
        Negotiation ourSession = request.awaitValues(1).get(0);
        assertThat(ourSession.objective().value().as(String.class)).isEqualTo("go raw");
        RawChannel ours = world.awaitOne(ourSession.raw());

        world.await(ours.send(item("here")));
        assertThat(next(theirs)).isEqualTo("here");
        world.await(theirs.send(item("there")));
        assertThat(next(ours)).isEqualTo("there");
        assertFails(ourSession.step(2), GraspErrorCode.NO_SESSION);
        assertFails(theirSession.raw(), GraspErrorCode.NO_SESSION);
        assertThat(theirSession.outcome()).isEmpty();
        world.await(theirs.close());
        assertThat(world.await(ours.receive())).isEmpty();
        listening.cancel();
    }

    @Test
    void aResponderCanContinueInARawChannelAtOnce() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        RawChannel ours = world.awaitOne(initiator.raw().request(EX3.withValue(1), peer));
        RawChannel theirs = world.awaitOne(listening.awaitValues(1).get(0).raw());

        world.await(theirs.send(item("welcome")));
        assertThat(next(ours)).isEqualTo("welcome");
        world.await(ours.close());
        assertThat(world.await(theirs.receive())).isEmpty();
        listening.cancel();
    }

    @Test
    void aNegotiationCannotContinueInARawChannelOutOfTurn() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        Collected<Negotiation> request = world.collect(initiator.requestNegotiate(EX3.withValue(1), peer));
        Negotiation theirs = listening.awaitValues(1).get(0);
        Collected<Negotiation> step = world.collect(theirs.step(2));
        assertFails(theirs.raw(), GraspErrorCode.UNSPECIFIED);

        world.awaitOne(request.awaitValues(1).get(0).accept());
        step.awaitValues(1);
        listening.cancel();
    }

    @Test
    @Proves("8991-2.3.2.4-4")
    void anItemOnAnOrdinarySessionFailsItAsMalformed() {
        Collected<Negotiation> listening = world.collect(responder.listenNegotiate(EX3));
        RawChannel ours = world.awaitOne(initiator.raw().request(EX3.withValue(1), peer));
        Collected<Negotiation> step =
                world.collect(listening.awaitValues(1).get(0).step(5));
        assertThat(next(ours)).asString().startsWith("[5, ");
        Collected<ObjectiveValue> rest = world.collect(ours.receive());
        world.await(ours.send(item("no message")));

        assertCode(step.awaitFailure(), GraspErrorCode.CBOR_FAIL);
        rest.awaitEnd();
        listening.cancel();
    }

    @Test
    void aRawRequestWithoutAListenerFails() {
        RawChannel ours = world.awaitOne(initiator.raw().request(EX3.withValue(1), peer));
        assertThat(world.await(ours.receive())).isEmpty();
    }

    @Test
    void aRawRequestToAnUnreachablePeerFails() {
        Locator.Ipv6 right = (Locator.Ipv6) peer.locator();
        AsaLocator wrong = new AsaLocator(
                new Locator.Ipv6(right.address(), Locator.TCP, 1), peer.link(), peer.linkIndex(), false, peer.ttl());
        Throwable failure = world.collect(initiator.raw().request(EX3, wrong)).awaitFailure();
        assertCode(failure, GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertThat(((GraspException) failure).isUnreached()).isTrue();
    }

    @Test
    void cancellingARawRequestLeavesNothing() {
        // Within one turn of the loop the request cannot have any effect.
        Mono<Collected<RawChannel>> cancelled = Mono.fromSupplier(() -> {
            Collected<RawChannel> request = world.collect(initiator.raw().request(EX3, peer));
            request.cancel();
            return request;
        });
        Collected<RawChannel> request = world.awaitOne(cancelled.subscribeOn(here.scheduler()));
        pause();
        assertThat(request.isEnded()).isFalse();
        assertThat(request.values()).isEmpty();
    }

    @Test
    @Proves("8990-2.8.3-2")
    void anItemThatIsTooLongIsRefusedAndTheNextOneIsSent() {
        Pair pair = pair();
        assertFails(pair.ours().send(item(new byte[2046])), GraspErrorCode.UNSPECIFIED);
        world.await(pair.ours().send(item(new byte[2045])));
        assertThat((byte[]) next(pair.theirs())).hasSize(2045);
        world.await(pair.ours().close());
        assertThat(world.await(pair.theirs().receive())).isEmpty();
    }

    @Test
    void closingTheNodeFailsARawChannel() {
        Pair pair = pair();
        Collected<ObjectiveValue> ours = world.collect(pair.ours().receive());
        Collected<ObjectiveValue> theirs = world.collect(pair.theirs().receive());
        world.await(there.closeAsync());
        assertCode(theirs.awaitFailure(), GraspErrorCode.NO_SESSION);
        ours.awaitEnd();
        there = here;
    }

    @Test
    @Proves("8991-2.3.3-10")
    void deregisteringTheAsaFailsARawChannel() {
        Pair pair = pair();
        Collected<ObjectiveValue> ours = world.collect(pair.ours().receive());
        world.await(initiator.deregister());
        assertCode(ours.awaitFailure(), GraspErrorCode.NO_SESSION);
        assertThat(world.await(pair.theirs().receive())).isEmpty();
    }

    @Test
    void anIdleRawChannelTimesOut() {
        begin(config -> config.withTimeouts(Timeouts.DEFAULTS.withRawIdle(world.moment())));
        Pair pair = pair();
        assertCode(world.collect(pair.ours().receive()).awaitFailure(), GraspErrorCode.NO_REPLY);
        assertThat(world.await(pair.theirs().receive())).isEmpty();
    }

    @Test
    void aRawChannelHasOneReaderAtATime() {
        Pair pair = pair();
        Collected<ObjectiveValue> reader = world.collect(pair.theirs().receive());
        pause();
        assertThat(world.collect(pair.theirs().receive()).awaitFailure()).isInstanceOf(IllegalStateException.class);
        world.await(pair.ours().send(item(1)));
        reader.awaitValues(1);
        reader.cancel();
        pause();
        world.await(pair.ours().send(Flux.range(2, 3).map(ObjectiveValue::of)));
        world.await(pair.ours().close());
        assertThat(world.await(pair.theirs().receive()))
                .extracting(value -> value.as(Integer.class))
                .containsExactly(2, 3, 4);
    }

    private void assertFails(Mono<?> operation, GraspErrorCode code) {
        assertCode(world.collect(operation).awaitFailure(), code);
    }

    private static void assertCode(Throwable failure, GraspErrorCode... codes) {
        assertThat(((GraspException) failure).code()).as("%s", failure).isIn((Object[]) codes);
    }

    @Test
    void aChannelOfAClosedNodeIsClosedAlready() {
        Pair pair = pair();

        world.end(here);

        world.await(pair.ours().close());
        world.await(pair.theirs().close());
        here = world.start(); // for the check at the end
    }
}
