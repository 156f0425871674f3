package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NettyConfigTest {
    @Test
    void changingASettingReturnsACopy() {
        NettyConfig defaults = NettyConfig.defaults();
        NettyConfig changed = defaults.withLinks("eth0", "eth1")
                .withAssumeSecure(true)
                .withPort(7000)
                .withMulticastPort(17017)
                .withConnectTimeout(Duration.ofMillis(1500));
        assertThat(changed.links).containsExactly("eth0", "eth1");
        assertThat(changed.assumeSecure).isTrue();
        assertThat(changed.port).isEqualTo(7000);
        assertThat(changed.withPort(0).port).isZero();
        assertThat(changed.multicastPort).isEqualTo(17017);
        assertThat(changed.connectTimeoutMillis).isEqualTo(1500);
        assertThat(changed.withAllLinks().links).isNull();
        assertThat(changed.withoutLinks().links).isEmpty();
        assertThat(defaults.links).isNull();
        assertThat(defaults.assumeSecure).isFalse();
        assertThat(defaults.multicastPort).isEqualTo(7017);
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        NettyConfig config = NettyConfig.defaults();
        assertThatThrownBy(() -> config.withPort(-1)).hasMessage("port is -1, must be 0 to 65535");
        assertThatThrownBy(() -> config.withPort(65536)).hasMessage("port is 65536, must be 0 to 65535");
        assertThatThrownBy(() -> config.withMulticastPort(65536))
                .hasMessage("multicast port is 65536, must be 1 to 65535");
        assertThatThrownBy(() -> config.withMaxMulticastBytes(0)).hasMessageContaining("maximum multicast size");
        assertThatThrownBy(() -> config.withMaxDatagramBytes(65528)).hasMessageContaining("65527");
        assertThatThrownBy(() -> config.withMaxReplies(-1)).hasMessageContaining("replies");
        assertThatThrownBy(() -> config.withMaxAcceptedConnections(0)).hasMessageContaining("connections");
        assertThatThrownBy(() -> config.withConnectTimeout(Duration.ZERO)).hasMessageContaining("connect timeout");
        assertThatThrownBy(() -> config.withCloseTimeout(Duration.ofDays(30))).hasMessageContaining("close timeout");
    }

    @Test
    void timesOutOfRangeAreRefusedByEachSubstrate() {
        NettyConfig netty = NettyConfig.defaults();
        OverlayConfig overlay = OverlayConfig.defaults();
        AcpConfig acp = AcpConfig.on("eth0");
        // the second would be 5 ms as an int
        for (Duration time : List.of(
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofMillis(5 - (1L << 32)),
                Duration.ZERO,
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> netty.withConnectTimeout(time)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> overlay.withConnectTimeout(time)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> acp.withConnectTimeout(time)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
