package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.HeapUse;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** What one end of TLS keeps is at most what {@link OverlayConfig#worstCase} charges for a connection. */
class TlsMemoryTest {
    private static final int PAIRS = 40;

    private static void add(List<SSLEngine> ends, NodeIdentity one, NodeIdentity other) throws Exception {
        for (int i = 0; i < PAIRS; i++) {
            TlsPair pair = new TlsPair(
                            one.newEngine(TlsRole.CLIENT, List.of("grasp")),
                            other.newEngine(TlsRole.SERVER, List.of("grasp")))
                    .handshake();
            pair.write(pair.client, "after which all messages of the handshake have been read");
            pair.write(pair.server, "and answered");
            assertThat(pair.server.isEstablished()).isTrue();
            ends.add(pair.client.engine);
            ends.add(pair.server.engine);
        }
    }

    @Test
    void anEndOfTlsTakesNoMoreThanItIsChargedFor() throws Exception {
        TestAuthority authority = TestAuthority.create("authority of example.com");
        TestMember gray = authority.issue("+gray@example.com");
        TestMember briggs = authority.issue("+briggs@example.com");
        try (Identity one = Identity.open(IdentityConfig.of(gray.chain(), gray.key(), List.of(gray.anchor())));
                Identity other =
                        Identity.open(IdentityConfig.of(briggs.chain(), briggs.key(), List.of(briggs.anchor())))) {
            add(new ArrayList<>(), one, other); // loads the classes
            List<SSLEngine> ends = new ArrayList<>();
            long before = HeapUse.now();
            add(ends, one, other);
            long heap = (HeapUse.now() - before) / ends.size();

            OverlayConfig config = OverlayConfig.defaults();
            long charged = config.withMaxHandshakes(129, 32).worstCase().heapBytes()
                    - config.withMaxHandshakes(128, 32).worstCase().heapBytes();
            assertThat(heap).isBetween(charged / 16, charged);
        }
    }
}
