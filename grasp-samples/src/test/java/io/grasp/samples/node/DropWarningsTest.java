package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerIdentity;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DropWarningsTest {
    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE);
    private final List<String> lines = new ArrayList<>();
    private final DropWarnings warnings = new DropWarnings(time::get, lines::add);

    private void drop(DropReason reason, String address, int port) {
        warnings.messageDropped(reason, MessagePath.connection(new InetSocketAddress(address, port)));
    }

    @Test
    void aPeerThatSpeaksTlsHasOneLineAMinute() {
        drop(DropReason.TLS, "10.0.0.1", 1);
        drop(DropReason.TLS, "10.0.0.1", 2);
        drop(DropReason.MALFORMED, "10.0.0.1", 3);
        drop(DropReason.TLS, "fd00::1", 4);

        assertThat(lines)
                .containsExactly(
                        "peer 10.0.0.1:1: " + DropReason.TLS.explanation(),
                        "peer [fd00::1]:4: " + DropReason.TLS.explanation());
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        drop(DropReason.TLS, "10.0.0.1", 5);
        assertThat(lines).hasSize(4).contains("drops of peers' messages not printed: 1");
    }

    @Test
    void whatThePolicyRefusesNamesThePeer() {
        PeerIdentity eve = new PeerIdentity(AcpNodeName.parse("++eve@example.com"), "0".repeat(64));
        warnings.messageDropped(
                DropReason.NOT_AUTHORIZED,
                new MessagePath(MessagePath.Kind.LINK, "peer:eve", new InetSocketAddress("fd00::1", 7017), eve));
        warnings.messageDropped(DropReason.NOT_AUTHORIZED, MessagePath.link("wg0"));

        assertThat(lines)
                .containsExactly(
                        "peer ++eve@example.com at [fd00::1]:7017: the policy for peers does not permit what it has sent",
                        "link wg0: the policy for peers does not permit what it has sent");
    }
}
