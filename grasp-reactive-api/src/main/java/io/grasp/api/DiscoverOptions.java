package io.grasp.api;

import io.grasp.model.AsaLocator;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Options of a discovery. Immutable; start from {@link #within} or {@link #knownOnly}. */
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
     * A discovery that first emits known locators and is then sent on all links.
     *
     * @param timeout the duration, above zero
     * @return the options
     * @throws IllegalArgumentException if the timeout is zero or negative
     */
    public static DiscoverOptions within(Duration timeout) {
        return new DiscoverOptions(Durations.requirePositive("timeout", timeout), null, null);
    }

    /** {@return a discovery that emits only known locators and sends nothing} */
    public static DiscoverOptions knownOnly() {
        return new DiscoverOptions(Duration.ZERO, null, null);
    }

    /**
     * These options with a minimum validity of locators: other cached ones are removed first (RFC 8991
     * {@code minimum_TTL}).
     *
     * @param ttl locators that are valid for this time or less are removed; above zero
     * @return the changed options
     * @throws IllegalArgumentException if it is zero or negative, or 2^32 ms or more
     */
    public DiscoverOptions withMinimumTtl(Duration ttl) {
        return new DiscoverOptions(timeout, Durations.requireTtl("minimum ttl", ttl), peer);
    }

    /** {@return these options without cached locators: all that are cached for the objective are removed first} */
    public DiscoverOptions withoutCached() {
        return new DiscoverOptions(timeout, Duration.ZERO, peer);
    }

    /**
     * These options for a discovery that asks one node instead of all neighbors: the node itself, or peers that it
     * knows or finds (RFC 8990 section 2.5.4.2). For links without multicast. Locators known on this node are not
     * emitted. To ask a node first, and all neighbors only if it knows no peer or cannot be reached, combine two
     * discoveries:
     *
     * <pre>{@code
     * asa.discover(EX3, within(time).withPeer(node))
     *         .onErrorResume(GraspException.class, failure -> Flux.empty())
     *         .switchIfEmpty(asa.discover(EX3, within(time)))
     * }</pre>
     *
     * @param newPeer any ASA of the node to ask
     * @return the changed options
     * @throws IllegalStateException if these options are for known locators only
     */
    public DiscoverOptions withPeer(AsaLocator newPeer) {
        if (timeout.isZero()) {
            throw new IllegalStateException("a discovery of known locators asks no peer");
        }
        return new DiscoverOptions(timeout, minimumTtl, Objects.requireNonNull(newPeer, "peer"));
    }

    Duration timeout() {
        return timeout;
    }

    /**
     * {@return the time: locators valid for it or less are removed, all of them for zero; {@code null} removes none}
     */
    @Nullable
    Duration minimumTtl() {
        return minimumTtl;
    }

    Optional<AsaLocator> peer() {
        return Optional.ofNullable(peer);
    }
}
