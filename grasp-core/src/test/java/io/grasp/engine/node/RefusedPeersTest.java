package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.inspection.RefusedPeer;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.util.PeerAddresses;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RefusedPeersTest {
    private final RefusedPeers refused = new RefusedPeers(new VirtualLoop());

    private void refuse(PeerRefusal reason, String address, int port) {
        refused.add(reason, new InetSocketAddress(Objects.requireNonNull(PeerAddresses.literal(address)), port), null, "why");
    }

    @Test
    void eachAddressIsListedOnceForEachReasonAndTheLastOneFirst() {
        refuse(PeerRefusal.EXPIRED, "192.0.2.1", 1);
        refuse(PeerRefusal.UNTRUSTED, "192.0.2.1", 2);
        refuse(PeerRefusal.EXPIRED, "192.0.2.1", 3);

        assertThat(refused.entries())
                .extracting(RefusedPeer::reason, each -> each.peer().getPort(), RefusedPeer::count, RefusedPeer::last)
                .containsExactly(
                        tuple(PeerRefusal.EXPIRED, 3, 2L, Duration.ZERO),
                        tuple(PeerRefusal.UNTRUSTED, 2, 1L, Duration.ZERO));
    }

    @Test
    void manyPeersCannotFillTheMemory() {
        for (int i = 0; i < 1000; i++) {
            refuse(PeerRefusal.NOT_TLS, "192.0.2." + i % 250, i);
        }
        assertThat(refused.entries()).hasSize(32);
        assertThat(refused.entries().get(0).peer().getPort()).isEqualTo(999);
    }
}
