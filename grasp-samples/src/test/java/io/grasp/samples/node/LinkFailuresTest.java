package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.PeerRefusal;
import io.grasp.samples.text.ErrorOutput;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LinkFailuresTest {
    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE);
    private final StringWriter text = new StringWriter();
    private final LinkFailures failures = new LinkFailures(time::get, new ErrorOutput(new PrintWriter(text)), true);

    private List<String> lines() {
        return text.toString().lines().toList();
    }

    @Test
    void aFailureIsPrintedAgainWhenItDiffersOrALinkWasUp() {
        failures.linkFailed("neighbor a", new IOException("refused"));
        failures.linkFailed("neighbor a", new IOException("refused"));
        failures.linkFailed("neighbor b", new IOException("refused"));
        failures.linkFailed("neighbor a", new IOException("timed out"));
        assertThat(lines())
                .containsExactly(
                        "grasp: neighbor a: refused", "grasp: neighbor b: refused", "grasp: neighbor a: timed out");
        failures.linkUp(new LinkInfo("peer", 1, InetAddress.getLoopbackAddress(), 1, true));
        assertThat(lines()).last().isEqualTo("grasp: link peer is up at 127.0.0.1");
        failures.linkUp(new LinkInfo("another", 1, InetAddress.getLoopbackAddress(), 1, true));
        failures.linkFailed("neighbor a", new IOException("timed out"));
        assertThat(lines()).hasSize(5);
    }

    @Test
    void aLinkIsCalledALink() {
        failures.linkFailed("eth0", new IOException("down"));
        failures.linkWarning("eth0", LinkWarning.SAME_NAME, "two nodes have one name");
        assertThat(lines())
                .containsExactly("grasp: link eth0: down", "grasp: warning: link eth0: two nodes have one name");
    }

    /** An outsider announces ever new places as neighbors. */
    @Test
    void failuresOfEverNewNeighborsAreCounted() {
        for (int i = 0; i < 1000; i++) {
            failures.linkFailed("neighbor [fe80::1]:" + i, new IOException("refused"));
        }
        assertThat(lines()).hasSize(60);
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        failures.linkFailed("neighbor [fe80::1]:0", new IOException("refused"));
        assertThat(lines())
                .hasSize(62)
                .endsWith("grasp: failures of links not printed: 940", "grasp: neighbor [fe80::1]:0: refused");
    }

    @Test
    void warningsThatPeersCauseAgainAndAgainAreCounted() {
        for (int i = 0; i < 100; i++) {
            failures.linkWarning("peer:a", LinkWarning.SAME_NAME, "one at port " + i);
        }
        assertThat(lines())
                .containsExactly(
                        "grasp: warning: link peer:a: one at port 0", "grasp: warning: link peer:a: one at port 1");
        failures.linkWarning("peer:b", LinkWarning.SAME_NAME, "another");
        assertThat(lines()).hasSize(3);
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        failures.linkWarning("peer:a", LinkWarning.SAME_NAME, "again");
        assertThat(lines())
                .hasSize(5)
                .endsWith("grasp: warning: warnings of links not printed: 98", "grasp: warning: link peer:a: again");
    }

    @Test
    void aRefusalThatIsPrintedAsSuchIsNotPrintedTwice() {
        failures.peerRefused(PeerRefusal.EXPIRED, new InetSocketAddress(1), "it has expired");
        failures.linkFailed("neighbor a", new IOException("it has expired"));
        assertThat(lines()).isEmpty();
    }
}
