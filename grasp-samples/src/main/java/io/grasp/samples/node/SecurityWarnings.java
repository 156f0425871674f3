package io.grasp.samples.node;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.GraspObserver;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Prints a line for each peer that is refused, and when the node's own certificate deserves attention. Any host can
 * cause refusals at any rate, so that each address and reason has one line a minute, and all have ten; the others are
 * counted.
 */
public final class SecurityWarnings implements GraspObserver {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_LINES = 10;

    private final LongSupplier nanoTime;
    private final Consumer<String> lines;

    /** The refusals that have a line in the present minute. */
    private final Set<Refusal> printed = new HashSet<>();

    private long minuteBegan;
    private long unprinted;
    private String lastDetail = "";

    private record Refusal(PeerRefusal reason, InetAddress address) {}

    /**
     * @param nanoTime the clock
     * @param lines receives the lines
     */
    public SecurityWarnings(LongSupplier nanoTime, Consumer<String> lines) {
        this.nanoTime = nanoTime;
        this.lines = lines;
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
        if (!status.detail().isEmpty() && !status.detail().equals(lastDetail)) {
            lines.accept("identity: " + status.detail());
        }
        lastDetail = status.detail();
    }
}
