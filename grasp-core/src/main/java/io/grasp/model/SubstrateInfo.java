package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.List;
import java.util.Objects;

/**
 * What an operator sees of a substrate.
 *
 * @param kind its kind, such as {@code netty}, {@code overlay}, {@code acp} or {@code simulated}
 * @param bounds its bounds, with what is in use of them
 */
public record SubstrateInfo(String kind, List<Bound> bounds) {
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

    /** Checks and copies the components. */
    public SubstrateInfo {
        Objects.requireNonNull(kind, "kind");
        bounds = List.copyOf(bounds);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
