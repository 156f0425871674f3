package io.grasp.samples.node;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.GraspObserver;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
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
        List<String> known = earlier == null ? List.of() : earlier.problems();
        List<String> added = without(status.problems(), known);
        added.forEach(each -> lines.accept("identity: " + each));
        if (earlier == null || !status.good()) {
            return;
        }
        if (!Objects.equals(earlier.fingerprint(), status.fingerprint())) {
            goodNews.accept("identity: the certificate of " + status.nodeName() + " that is valid until "
                    + status.notAfter() + " is in use now");
        } else if (!earlier.good()) {
            goodNews.accept("identity: it is good again");
        } else if (added.isEmpty()) { // otherwise these may take the place of those
            without(known, status.problems()).forEach(each -> goodNews.accept("identity: resolved: " + each));
        }
    }

    private static List<String> without(List<String> all, List<String> others) {
        return all.stream().filter(each -> !others.contains(each)).toList();
    }
}
