package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.wire.Discovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A discovery is answered, but no packet comes back from the peer that the answer names. */
class SilentPeerTest {
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");

    private final SimWorld world = new SimWorld(LinkKind.DATAGRAM);
    private final List<Long> discoveries = new ArrayList<>();
    private Grasp here;
    private Asa initiator;
    private Asa responder;
    private Asa silent;
    private long begun;

    @BeforeEach
    void begin() {
        here = world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                if (message instanceof Discovery) {
                    discoveries.add(millis());
                }
            }
        }));
        initiator = world.awaitOne(here.registerAsa("initiator"));
        responder = world.awaitOne(world.start().registerAsa("responder"));
        silent = world.awaitOne(world.start().registerAsa("silent"));
        Objective probe = Objective.negotiable("probe");
        world.await(silent.register(probe, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Locator place = world.awaitOne(
                        initiator.discover(probe, Duration.ofSeconds(1)).next())
                .locator();
        for (Objective objective : List.of(EX2, EX3)) {
            world.await(initiator.register(objective));
            world.await(silent.register(objective));
            world.await(responder.register(
                    objective,
                    RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(place))));
        }
        world.network.node("node-3").suspend();
        discoveries.clear();
        begun = world.loop.nanoTime();
    }

    @AfterEach
    void nothingIsLeft() {
        world.network.node("node-3").resume();
        world.awaitNoResidue(here);
        world.close();
    }

    private long millis() {
        return Duration.ofNanos(world.loop.nanoTime() - begun).toMillis();
    }

    private void assertGivenUpInTime(Duration timeout, Function<Duration, Publisher<?>> operation) {
        Throwable failure = world.collect(operation.apply(timeout)).awaitFailure();

        assertThat(millis()).isBetween(timeout.toMillis() - 100, timeout.toMillis() + 100);
        assertThat(failure.getSuppressed()).as("two attempts").hasSize(1);
        world.loop.advance(Duration.ofMinutes(1));
        assertThat(discoveries).as("none after an answer").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 30})
    void aNegotiationWithASilentPeerFailsInTimeAndIsRequestedOnce(int seconds) {
        assertGivenUpInTime(
                Duration.ofSeconds(seconds),
                timeout -> initiator.requestNegotiate(EX3.withValue(1), RequestOptions.within(timeout)));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 30})
    void aRawChannelWithASilentPeerFailsInTimeAndIsRequestedOnce(int seconds) {
        assertGivenUpInTime(
                Duration.ofSeconds(seconds),
                timeout -> initiator.raw().request(EX3.withValue(1), RequestOptions.within(timeout)));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 30})
    void aSynchronizationWithASilentPeerFailsInTimeAndIsRequestedOnce(int seconds) {
        assertGivenUpInTime(
                Duration.ofSeconds(seconds), timeout -> initiator.synchronize(EX2, RequestOptions.within(timeout)));
    }

    @Test
    void noPeerIsAskedAgainAfterTheResponderHasGone() {
        Collected<Negotiation> going = world.collect(
                initiator.requestNegotiate(EX3.withValue(1), RequestOptions.within(Duration.ofSeconds(30))));
        world.loop.advance(Duration.ofSeconds(1));
        world.await(responder.deregister("EX3"));

        going.awaitFailure();

        assertThat(millis()).isLessThanOrEqualTo(30_100);
        assertThat(discoveries).hasSize(1);
    }

    /** Only the opening of the connection has less time than the caller's timeout for each message. */
    @Test
    void aPeerThatReturnsForTheSecondAttemptHasTheWholeTimeout() {
        Collected<Void> listening = world.collect(silent.listenNegotiate(
                EX3,
                negotiation ->
                        Mono.delay(Duration.ofSeconds(6), here.scheduler()).then(negotiation.accept())));
        Collected<Negotiation> going = world.collect(
                initiator.requestNegotiate(EX3.withValue(1), RequestOptions.within(Duration.ofSeconds(10))));
        world.loop.advance(Duration.ofSeconds(6));
        world.network.node("node-3").resume();

        assertThat(going.awaitValues(1)).hasSize(1);
        assertThat(millis()).isGreaterThan(11_000);
        assertThat(discoveries).hasSize(1);
        listening.cancel();
    }
}
