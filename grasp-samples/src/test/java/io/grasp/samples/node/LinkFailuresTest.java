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
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkFailuresTest {
    private final StringWriter text = new StringWriter();
    private final LinkFailures failures = new LinkFailures(new ErrorOutput(new PrintWriter(text)));

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
        failures.linkFailed("neighbor a", new IOException("timed out"));
        assertThat(lines()).hasSize(4);
    }

    @Test
    void aLinkIsCalledALink() {
        failures.linkFailed("eth0", new IOException("down"));
        failures.linkWarning("eth0", LinkWarning.SAME_NAME, "two nodes have one name");
        assertThat(lines())
                .containsExactly("grasp: link eth0: down", "grasp: warning: link eth0: two nodes have one name");
    }

    @Test
    void aRefusalThatIsPrintedAsSuchIsNotPrintedTwice() {
        failures.peerRefused(PeerRefusal.EXPIRED, new InetSocketAddress(1), "it has expired");
        failures.linkFailed("neighbor a", new IOException("it has expired"));
        assertThat(lines()).isEmpty();
    }
}
