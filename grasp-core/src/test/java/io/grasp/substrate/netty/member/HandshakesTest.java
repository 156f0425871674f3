package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class HandshakesTest {
    private final MemberConfig config = MemberConfig.ofSessions();
    private final Handshakes handshakes = new Handshakes(config);

    private static InetAddress address(int number) {
        return NetUtil.createInetAddressFromIpAddressString("2001:db8::" + number);
    }

    private int begun(InetAddress address) {
        int begun = 0;
        while (handshakes.begin(address)) {
            begun++;
        }
        return begun;
    }

    @Test
    void oneAddressTakesNotAllAndAllTakeNoMoreThanTheMaximum() {
        assertThat(begun(address(0))).isEqualTo(config.maxHandshakesPerAddress());
        int all = config.maxHandshakesPerAddress();
        for (int i = 1; all < config.maxHandshakes(); i++) {
            all += begun(address(i));
        }
        assertThat(handshakes.underWay()).isEqualTo(config.maxHandshakes());
        assertThat(handshakes.begin(address(9999))).isFalse();

        handshakes.end(address(0));
        assertThat(begun(address(0))).isEqualTo(1);
        handshakes.end(address(1));
        assertThat(begun(address(0))).as("of its own, it has all").isZero();
        assertThat(begun(address(9999))).isEqualTo(1);
    }
}
