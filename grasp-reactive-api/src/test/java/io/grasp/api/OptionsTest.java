package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final AsaLocator PEER = AsaLocator.of(Locator.tcp("2001:db8::1", 7000));

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-1S"})
    void aTimeIsAboveZero(Duration time) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestOptions.within(time))
                .withMessage("timeout is " + time + ", must be above zero");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestOptions.to(PEER).withTimeout(time));
        assertThatIllegalArgumentException().isThrownBy(() -> DiscoverOptions.within(time));
        assertThatIllegalArgumentException().isThrownBy(() -> FloodOptions.validFor(time));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DiscoverOptions.knownOnly().withMinimumTtl(time));
    }

    @Test
    void aTimeToLiveIsOneThatAMessageCanCarry() {
        Duration longest = Duration.ofMillis(0xFFFF_FFFFL);
        assertThat(FloodOptions.validFor(longest).ttl()).isEqualTo(longest);
        assertThatIllegalArgumentException().isThrownBy(() -> FloodOptions.validFor(longest.plusNanos(1)));
        assertThat(FloodOptions.indefinite().ttl()).isEqualTo(FloodedObjective.INDEFINITE);
        assertThat(DiscoverOptions.within(SECOND).withMinimumTtl(longest).minimumTtl())
                .contains(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DiscoverOptions.within(SECOND).withMinimumTtl(longest.plusNanos(1)))
                .withMessageContaining("4294967295 ms at most");
    }

    @Test
    void eachChangeKeepsTheOthers() {
        PeerSelector selector = found -> found;
        RequestOptions request = RequestOptions.within(SECOND).withPeer(PEER).withPeerSelector(selector);
        assertThat(request.withTimeout(SECOND.plusNanos(1)).peer()).contains(PEER);
        assertThat(request.withPeer(PEER).timeoutOr(Duration.ZERO)).isEqualTo(SECOND);
        assertThat(RequestOptions.DEFAULTS.timeoutOr(SECOND)).isEqualTo(SECOND);
        assertThat(request.withTimeout(SECOND).withPeer(PEER).selector()).isSameAs(selector);

        DiscoverOptions discovery =
                DiscoverOptions.within(SECOND).withPeer(PEER).withMinimumTtl(SECOND);
        assertThat(discovery.peer()).contains(PEER);
        assertThat(discovery.timeout()).isEqualTo(SECOND);
        assertThat(discovery.withoutCached().peer()).contains(PEER);
        assertThat(discovery.withPeer(PEER).minimumTtl()).contains(SECOND);
        assertThat(discovery.withoutCached().minimumTtl()).isEmpty();
        assertThat(discovery.withoutCached().withPeer(PEER).isWithoutCached()).isTrue();
        assertThat(discovery.withoutCached().withMinimumTtl(SECOND).isWithoutCached())
                .isFalse();
    }

    @Test
    void nullOptionsAreRefused() {
        assertThatNullPointerException().isThrownBy(() -> RequestOptions.to(null));
        assertThatNullPointerException().isThrownBy(() -> RequestOptions.within(null));
        assertThatNullPointerException().isThrownBy(() -> RequestOptions.DEFAULTS.withPeerSelector(null));
        assertThatNullPointerException()
                .isThrownBy(() -> DiscoverOptions.within(SECOND).withPeer(null));
    }

    @Test
    void aKnownOnlyDiscoveryCannotHaveAPeer() {
        assertThatIllegalStateException()
                .isThrownBy(() -> DiscoverOptions.knownOnly().withPeer(PEER));
    }
}
