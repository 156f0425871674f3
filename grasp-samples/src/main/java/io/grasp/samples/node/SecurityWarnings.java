package io.grasp.samples.node;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.GraspObserver;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Prints a line for each peer that is refused, and for the begin and the end of each state of the node's own
 * certificate that deserves attention. Any host can
 * cause refusals at any rate, so that each address and reason has one line a minute, and all have ten; the others are
 * counted.
 */
public final class SecurityWarnings implements GraspObserver {
    private static final int MAX_LINES = 10;

    private final LineLimit limit;
    private final Consumer<String> lines;
    private final Consumer<String> goodNews;

    private @Nullable IdentityStatus before;

    private record Refusal(PeerRefusal reason, InetAddress address) {}

    /**
     * @param nanoTime the clock
     * @param lines receives the warnings
     * @param goodNews receives lines that are no warnings
     */
    public SecurityWarnings(LongSupplier nanoTime, Consumer<String> lines, Consumer<String> goodNews) {
        this.limit = new LineLimit(nanoTime, 1, MAX_LINES);
        this.lines = lines;
        this.goodNews = goodNews;
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        if (limit.permits(
                new Refusal(reason, peer.getAddress()),
                omitted -> lines.accept("refusals of peers not printed: " + omitted))) {
            lines.accept("peer " + AddressText.onThisHost(peer) + " refused: " + detail);
        }
    }

    @Override
    public void identityChanged(IdentityStatus status) {
        IdentityStatus earlier = before;
        before = status;
        String detail = status.detail();
        if (!detail.isEmpty() && (earlier == null || !detail.equals(earlier.detail()))) {
            lines.accept("identity: " + detail);
        }
        if (earlier != null && status.good()) {
            improved(earlier, status);
        }
    }

    private void improved(IdentityStatus earlier, IdentityStatus now) {
        if (!hasSameCertificate(earlier, now)) {
            goodNews.accept("identity: the certificate of " + now.nodeName() + " that is valid until " + now.notAfter()
                    + " is in use now");
        } else if (!earlier.good()) {
            goodNews.accept("identity: it is good again");
        } else if (now.detail().isEmpty() && !earlier.detail().isEmpty()) {
            goodNews.accept("identity: resolved: " + earlier.detail());
        }
    }

    /** By what differs between any two certificates of one node that an authority has issued one after the other. */
    private static boolean hasSameCertificate(IdentityStatus one, IdentityStatus other) {
        return Objects.equals(one.notBefore(), other.notBefore())
                && Objects.equals(one.notAfter(), other.notAfter())
                && Objects.equals(one.nodeName(), other.nodeName());
    }
}
