package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SecurityWarningsTest {
    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE);
    private final List<String> lines = new ArrayList<>();
    private final SecurityWarnings warnings = new SecurityWarnings(time::get, lines::add);

    private void refuse(PeerRefusal reason, String address, int port) {
        warnings.peerRefused(reason, new InetSocketAddress(address, port), "the reason");
    }

    @Test
    void eachAddressAndReasonHasOneLineAMinute() {
        refuse(PeerRefusal.EXPIRED, "10.0.0.1", 1);
        refuse(PeerRefusal.EXPIRED, "10.0.0.1", 2);
        refuse(PeerRefusal.REVOKED, "10.0.0.1", 3);
        refuse(PeerRefusal.EXPIRED, "fd00::1", 4);

        assertThat(lines)
                .containsExactly(
                        "peer 10.0.0.1:1 refused: the reason",
                        "peer 10.0.0.1:3 refused: the reason",
                        "peer [fd00::1]:4 refused: the reason");
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        refuse(PeerRefusal.EXPIRED, "10.0.0.1", 5);
        assertThat(lines)
                .hasSize(5)
                .endsWith("refusals of peers not printed: 1", "peer 10.0.0.1:5 refused: the reason");
    }

    @Test
    void manyAddressesHaveTenLinesAMinute() {
        for (int i = 0; i < 100; i++) {
            refuse(PeerRefusal.NOT_TLS, "10.0.0." + i, 1);
        }
        assertThat(lines).hasSize(10);
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        refuse(PeerRefusal.NOT_TLS, "10.0.0.1", 1);
        assertThat(lines).hasSize(12).contains("refusals of peers not printed: 90");
    }

    @Test
    void aStateOfTheIdentityIsPrintedOnce() {
        IdentityStatus.Expiry soon = IdentityStatus.Expiry.SOON;
        IdentityStatus good = new IdentityStatus(true, "", null, null, null, IdentityStatus.Expiry.FAR);
        warnings.identityChanged(good);
        warnings.identityChanged(new IdentityStatus(true, "renew it", null, null, null, soon));
        warnings.identityChanged(new IdentityStatus(true, "renew it", null, null, null, soon));
        assertThat(lines).containsExactly("identity: renew it");
        warnings.identityChanged(good);
        warnings.identityChanged(new IdentityStatus(true, "renew it", null, null, null, soon));
        assertThat(lines).hasSize(2);
    }
}
