package io.grasp.api;

import io.grasp.model.AsaLocator;
import io.grasp.util.SettingChecks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Options of a discovery. Immutable; start from {@link #within} or {@link #knownOnly}. */
public final class DiscoverOptions {
    /** {@code null} for known locators only. */
    private final @Nullable Duration timeout;

    private final boolean withoutCached;
    private final @Nullable Duration minimumTtl;
    private final @Nullable AsaLocator peer;

    private DiscoverOptions(
            @Nullable Duration timeout,
            boolean withoutCached,
            @Nullable Duration minimumTtl,
            @Nullable AsaLocator peer) {
        this.timeout = timeout;
        this.withoutCached = withoutCached;
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
        return new DiscoverOptions(SettingChecks.positive("timeout", timeout), false, null, null);
    }

    /** {@return a discovery that emits only known locators and sends nothing} */
    public static DiscoverOptions knownOnly() {
        return new DiscoverOptions(null, false, null, null);
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
        return new DiscoverOptions(timeout, false, Durations.requireTtl("minimum ttl", ttl), peer);
    }

    /** {@return these options without cached locators: all that are cached for the objective are removed first} */
    public DiscoverOptions withoutCached() {
        return new DiscoverOptions(timeout, true, null, peer);
    }

    /**
     * These options for a discovery that asks one node instead of all neighbors: the node itself, or peers that it
     * knows or finds (RFC 8990 section 2.5.4.2). For links without multicast. Locators known on this node are not
     * emitted. To ask a node first, and all neighbors only if it knows no peer or cannot be reached, combine two
     * discoveries:
     *
     * {@snippet class="io.grasp.snippets.ApiSnippets" region="discover"}
     *
     * @param newPeer any ASA of the node to ask
     * @return the changed options
     * @throws IllegalStateException if these options are for known locators only
     */
    public DiscoverOptions withPeer(AsaLocator newPeer) {
        if (isKnownOnly()) {
            throw new IllegalStateException("a discovery of known locators asks no peer");
        }
        return new DiscoverOptions(timeout, withoutCached, minimumTtl, Objects.requireNonNull(newPeer, "peer"));
    }

    boolean isKnownOnly() {
        return timeout == null;
    }

    /** {@return the duration of a discovery that is not for known locators only} */
    Duration timeout() {
        return Objects.requireNonNull(timeout, "a discovery of known locators takes no time");
    }

    boolean isWithoutCached() {
        return withoutCached;
    }

    /** {@return the time: cached locators that are valid for it or less are removed} */
    Optional<Duration> minimumTtl() {
        return Optional.ofNullable(minimumTtl);
    }

    Optional<AsaLocator> peer() {
        return Optional.ofNullable(peer);
    }
}
