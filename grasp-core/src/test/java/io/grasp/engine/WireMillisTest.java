package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.config.RegistrationOptions;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Response;
import io.grasp.wire.Wait;
import io.grasp.wire.WireMillis;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times on the wire: a short time does not become 0, which has another meaning, and no time leaves the range. */
class WireMillisTest extends TwoLinkFixture {
    private static final Duration LAN_DELAY = Duration.ofMillis(1);
    private static final Duration TOO_LONG = Duration.ofMillis(0xFFFF_FFFFL).plusNanos(1);

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0, 1",
        "PT0.000000001S, 1, 1",
        "PT0.0009S, 1, 1",
        "PT0.000999999S, 1, 1",
        "PT0.001S, 1, 1",
        "PT0.001000001S, 2, 2",
        "PT1S, 1000, 1000",
        "PT4294967.295S, 4294967295, 4294967295",
    })
    void timesAreRoundedUp(Duration time, long millis, long left) {
        assertThat(WireMillis.of(time)).isEqualTo(millis);
        assertThat(WireMillis.left(time)).isEqualTo(left);
    }

    @Test
    void aTimeOutOfRangeIsAnErrorOrTheLongestTime() {
        for (Duration time : List.of(
                Duration.ofNanos(-1),
                Duration.ofSeconds(Long.MIN_VALUE),
                TOO_LONG,
                FloodedObjective.INDEFINITE,
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))) {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> WireMillis.of(time))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED));
            assertThat(WireMillis.left(time)).isEqualTo(time.isNegative() ? 1 : WireMillis.MAX);
        }
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.0009S, 1", "PT0.001S, 1", "PT0.0011S, 2", "PT4294967.295S, 4294967295"})
    void aShortTimeToLiveOfAFloodIsNotSentAsZero(Duration ttl, long millis) {
        List<FloodedObjective> watched = new ArrayList<>();
        loop.run(() -> {
            Cancellable watch = asa.watchFloods("EX2", new FloodEvents() {
                @Override
                public void flooded(FloodedObjective flooded, TrafficSource source) {
                    watched.add(flooded);
                }

                @Override
                public void stopped() {}
            });
            asa.flood(List.of(TaggedObjective.untagged(EX2.withValue(1))), ttl, failure -> {});
            watch.cancel();
        });

        assertThat(last(Flood.class).ttlMillis()).isEqualTo(millis);
        Duration kept = millis == 0 ? FloodedObjective.INDEFINITE : Duration.ofMillis(millis);
        assertThat(watched).extracting(FloodedObjective::ttl).containsExactly(kept);
        assertThat(watched.get(0).isIndefinite()).isEqualTo(millis == 0);
        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .extracting(FloodedObjective::ttl)
                .containsExactly(kept);
        loop.advance(Duration.ofNanos(1_999_999));
        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .hasSize(millis == 1 ? 0 : 1)
                .allSatisfy(flooded -> assertThat(flooded.ttl()).isPositive());
    }

    @Test
    void theTimeToLiveOfAFloodIsChecked() {
        for (Duration ttl : List.of(Duration.ofNanos(-1), TOO_LONG)) {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> loop.run(
                            () -> asa.flood(List.of(TaggedObjective.untagged(EX2.withValue(1))), ttl, failure -> {})))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED));
        }
        assertThat(sent).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.0004S, 1", "PT2S, 2000", "PT4294967.295S, 4294967295"})
    void aShortWaitIsNotSentAsZero(Duration wait, long millis) {
        listen();
        requestFromPeer();
        loop.run(() -> requests.get(0).waitFor(wait));
        moment();

        assertThat(last(Wait.class).waitMillis()).isEqualTo(millis);
        loop.run(() -> requests.get(0).decline(""));
        moment();
    }

    @Test
    void theTimeOfAWaitIsChecked() {
        listen();
        requestFromPeer();
        for (Duration wait : List.of(Duration.ofNanos(-1), Duration.ofSeconds(-5), TOO_LONG)) {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> loop.run(() -> requests.get(0).waitFor(wait)))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED));
        }
        moment();
        assertThat(sent).noneMatch(Wait.class::isInstance);
        assertThat(requests.get(0).isOurTurn()).as("the session is unchanged").isTrue();
        loop.run(() -> requests.get(0).decline(""));
        moment();
    }

    private void requestFromPeer() {
        ScriptedPeer.Wire wire = peer.connect(node);
        moment();
        wire.send(new RequestNegotiation(new SessionId(4711), EX3.withValue(1)));
        moment();
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"PT0.0004S, 1", "PT0.0011S, 2", "PT60S, 60000", "PT4294967.295S, 4294967295"})
    void aShortTimeToLiveOfAResponseIsNotSentAsZero(Duration ttl, long millis) throws UnknownHostException {
        Objective third = Objective.discoverable("EX4");
        loop.run(() ->
                asa.register(third, RegistrationOptions.DEFAULTS.withTtl(ttl).withDiscoverable(true)));
        peer.multicast(discovery(third));
        moment();

        assertThat(last(Response.class).ttlMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-5S", "PT4294967.295000001S"})
    void theTimeToLiveOfAResponseIsChecked(Duration ttl) {
        assertThatIllegalArgumentException().isThrownBy(() -> RegistrationOptions.DEFAULTS.withTtl(ttl));
    }

    /** Less than a millisecond is sent as 1, not as 0, which means much longer. */
    @Test
    void aRemainingTimeIsNeverSentAsZero() throws UnknownHostException {
        Objective third = Objective.discoverable("EX4");
        Finding finding = new Finding();
        loop.run(() -> asa.discover(third, Duration.ofMillis(200), finding));
        moment();
        Discovery asked = (Discovery) beyond.multicasts.get(beyond.multicasts.size() - 1);
        Locator there = new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.TCP, 9999);
        beyond.reply(new Response(
                asked.session(), asked.initiator(), 1000, List.of(new GraspOption.LocatorOption(there)), null));
        while (finding.found.isEmpty()) {
            loop.advance(Duration.ofNanos(100_000));
        }
        loop.advance(Duration.ofMillis(1000).minus(LAN_DELAY).minusNanos(450_000));
        peer.multicast(discovery(third));
        moment();

        assertThat(last(Response.class).options()).hasOnlyElementsOfType(GraspOption.Divert.class);
        assertThat(last(Response.class).ttlMillis()).isEqualTo(1);
    }

    private static Discovery discovery(Objective objective) throws UnknownHostException {
        return new Discovery(new SessionId(4711), InetAddress.getByName("fd99::1"), objective);
    }

    private <T extends GraspMessage> T last(Class<T> type) {
        return Stream.of(sent.toArray(GraspMessage[]::new))
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
