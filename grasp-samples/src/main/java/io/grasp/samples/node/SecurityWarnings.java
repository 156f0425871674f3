package io.grasp.samples.node;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.GraspObserver;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Prints a line for each peer that is refused, and for the begin and the end of each state of the node's own certificate
 * that deserves attention. Any host can
 * cause refusals at any rate, so that each address and reason has one line a minute, and all have ten; the others are
 * counted.
 */
public final class SecurityWarnings implements GraspObserver {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_LINES = 10;

    private final LongSupplier nanoTime;
    private final Consumer<String> lines;
    private final Consumer<String> goodNews;

    /** The refusals that have a line in the present minute. */
    private final Set<Refusal> printed = new HashSet<>();

    private long minuteBegan;
    private long unprinted;
    private @Nullable IdentityStatus before;

    private record Refusal(PeerRefusal reason, InetAddress address) {}

    /**
     * @param nanoTime the clock
     * @param lines receives the warnings
     * @param goodNews receives lines that are no warnings
     */
    public SecurityWarnings(LongSupplier nanoTime, Consumer<String> lines, Consumer<String> goodNews) {
        this.nanoTime = nanoTime;
        this.lines = lines;
        this.goodNews = goodNews;
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        long now = nanoTime.getAsLong();
        if (printed.isEmpty() || now - minuteBegan >= MINUTE) {
            if (unprinted > 0) {
                lines.accept("refusals of peers not printed: " + unprinted);
            }
            printed.clear();
            unprinted = 0;
            minuteBegan = now;
        }
        if (printed.size() < MAX_LINES && printed.add(new Refusal(reason, peer.getAddress()))) {
            lines.accept("peer " + AddressText.of(peer) + " refused: " + detail);
        } else {
            unprinted++;
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
