package io.grasp.api;

import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.util.SettingChecks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Options of a request: the peer, and the timeout. Immutable; start from {@link #DEFAULTS}, {@link #within} or
 * {@link #to}.
 */
public final class RequestOptions {
    /** Any known or discovered peer, in the order of {@link PeerSelector#DEFAULT}, within GRASP_DEF_TIMEOUT. */
    public static final RequestOptions DEFAULTS = new RequestOptions(null, null, PeerSelector.DEFAULT);

    private final @Nullable AsaLocator peer;
    private final @Nullable Duration timeout;
    private final PeerSelector selector;

    private RequestOptions(@Nullable AsaLocator peer, @Nullable Duration timeout, PeerSelector selector) {
        this.peer = peer;
        this.timeout = timeout;
        this.selector = selector;
    }

    /**
     * A request to any peer, with a timeout.
     *
     * @param timeout see {@link #withTimeout}
     * @return the options
     */
    public static RequestOptions within(Duration timeout) {
        return DEFAULTS.withTimeout(timeout);
    }

    /**
     * A request to one peer, within GRASP_DEF_TIMEOUT.
     *
     * @param peer see {@link #withPeer}
     * @return the options
     */
    public static RequestOptions to(AsaLocator peer) {
        return DEFAULTS.withPeer(peer);
    }

    /**
     * These options with a timeout. It bounds the search for a peer if none is named, then the total time that
     * connections to peers take to open, and then the wait for each message of the peer, unless the peer asks for more
     * time. The default is GRASP_DEF_TIMEOUT ({@link Timeouts#operation}).
     *
     * @param newTimeout the timeout, above zero
     * @return the changed options
     * @throws IllegalArgumentException if it is zero or negative
     */
    public RequestOptions withTimeout(Duration newTimeout) {
        return new RequestOptions(peer, SettingChecks.positive("timeout", newTimeout), selector);
    }

    /**
     * These options for one peer. No discovery is sent, and no other peer is tried.
     *
     * @param newPeer the peer
     * @return the changed options
     */
    public RequestOptions withPeer(AsaLocator newPeer) {
        return new RequestOptions(Objects.requireNonNull(newPeer, "peer"), timeout, selector);
    }

    /**
     * These options with another choice among the known or discovered peers, if none is named. They are tried one after
     * the other, at most {@link Limits#peersTried}, until one has been reached where an ASA listens. The result is that
     * of this peer; no other peer is tried afterwards. Known peers get half of the attempts before a discovery. Links
     * and responders take turns, see {@link PeerSelector}.
     *
     * @param newSelector which peers to try, and in which order
     * @return the changed options
     */
    public RequestOptions withPeerSelector(PeerSelector newSelector) {
        return new RequestOptions(peer, timeout, Objects.requireNonNull(newSelector, "selector"));
    }

    /** {@return the named peer, empty for any peer} */
    Optional<AsaLocator> peer() {
        return Optional.ofNullable(peer);
    }

    Duration timeoutOr(Duration standard) {
        return timeout == null ? standard : timeout;
    }

    PeerSelector selector() {
        return selector;
    }
}
