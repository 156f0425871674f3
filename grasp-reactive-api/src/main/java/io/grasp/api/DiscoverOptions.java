package io.grasp.api;

import io.grasp.model.AsaLocator;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a discovery is made. Immutable; start from {@link #within} or {@link #knownOnly}.
 */
public final class DiscoverOptions {
    private final Duration timeout;
    private final @Nullable Duration minimumTtl;
    private final @Nullable AsaLocator peer;

    private DiscoverOptions(Duration timeout, @Nullable Duration minimumTtl, @Nullable AsaLocator peer) {
        this.timeout = timeout;
        this.minimumTtl = minimumTtl;
        this.peer = peer;
    }

    /**
     * A discovery that first gives what is known and then asks on all links.
     *
     * @param timeout when it completes, above zero
     * @return the options
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public static DiscoverOptions within(Duration timeout) {
        return new DiscoverOptions(Durations.requirePositive("timeout", timeout), null, null);
    }

    /** {@return a discovery that gives what is known and asks no peer} */
    public static DiscoverOptions knownOnly() {
        return new DiscoverOptions(Duration.ZERO, null, null);
    }

    /**
     * These options for locators that are valid for a while: cached ones that are not are forgotten first (RFC 8991
     * {@code minimum_TTL}).
     *
     * @param ttl locators that are valid for no longer than this are forgotten; above zero
     * @return the changed options
     * @throws IllegalArgumentException if it is zero or negative, or 2^32 ms or more
     */
    public DiscoverOptions withMinimumTtl(Duration ttl) {
        return new DiscoverOptions(timeout, Durations.requireTtl("minimum ttl", ttl), peer);
    }

    /** {@return these options without cached locators: all that are known of the objective are forgotten first} */
    public DiscoverOptions withoutCached() {
        return new DiscoverOptions(timeout, Duration.ZERO, peer);
    }

    /**
     * These options for a discovery that asks one node instead of all neighbors: for peers that the node is itself, and
     * for those that it knows or finds (RFC 8990 section 2.5.4.2). For links that carry no multicasts. Nothing that is
     * known here is given.
     *
     * @param newPeer any ASA of the node to ask
     * @return the changed options
     * @throws IllegalStateException if these options ask no peer
     */
    public DiscoverOptions withPeer(AsaLocator newPeer) {
        if (timeout.isZero()) {
            throw new IllegalStateException("a discovery of what is known asks no peer");
        }
        return new DiscoverOptions(timeout, minimumTtl, Objects.requireNonNull(newPeer, "peer"));
    }

    Duration timeout() {
        return timeout;
    }

    /** {@return locators valid for no longer than this are forgotten, all of them for zero; or {@code null} for none} */
    @Nullable
    Duration minimumTtl() {
        return minimumTtl;
    }

    Optional<AsaLocator> peer() {
        return Optional.ofNullable(peer);
    }
}
