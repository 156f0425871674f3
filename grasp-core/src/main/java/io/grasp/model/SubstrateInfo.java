package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an operator sees of a substrate.
 *
 * @param kind its kind, such as {@code netty}, {@code overlay}, {@code acp} or {@code simulated}
 * @param bounds its bounds, with what is in use of them
 * @param keyFingerprint by what operators see whether two nodes have the same key, if it encrypts messages with a key
 *     that the nodes share
 */
public record SubstrateInfo(String kind, List<Bound> bounds, Optional<String> keyFingerprint) {
    /**
     * A bound.
     *
     * @param setting the setting, such as {@code NettyConfig.maxAcceptedConnections}
     * @param used how much is in use
     * @param most the bound
     */
    public record Bound(String setting, long used, long most) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * One without a shared key.
     *
     * @param kind its kind
     * @param bounds its bounds
     */
    public SubstrateInfo(String kind, List<Bound> bounds) {
        this(kind, bounds, Optional.empty());
    }

    /** Checks and copies the components. */
    public SubstrateInfo {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(keyFingerprint, "keyFingerprint");
        bounds = List.copyOf(bounds);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
