package io.grasp.model;

import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An objective received by flooding, as the flood cache holds it.
 *
 * @param objective the objective; its loop count is the one received
 * @param locator the tag that it was flooded with, {@code null} if it had none
 * @param initiator the node that flooded it
 * @param link name of the link that the flood arrived on; for a flood of this node's own ASAs the link of a link-local
 *     tag, otherwise empty
 * @param linkIndex the substrate's index of that link, 0 when there is none
 * @param ttl how much longer it is valid, counted from when it was received or read from the cache; never negative;
 *     {@link #INDEFINITE} if it does not expire
 * @param expiresNanos the time at which it expires, in nanoseconds on the clock of the node that received it
 *     ({@code Grasp.now()}); {@link AsaLocator#INDEFINITE_NANOS} if it does not expire
 * @param neighbor what the certificate of the neighbor that it came from says; the neighbor may have relayed it, and
 *     vouches for nothing but itself. Empty if the substrate does not authenticate its neighbors, and for a flood of
 *     this node's own ASAs
 */
public record FloodedObjective(
        Objective objective,
        @Nullable Locator locator,
        InetAddress initiator,
        String link,
        int linkIndex,
        Duration ttl,
        long expiresNanos,
        Optional<PeerIdentity> neighbor) {
    /** The ttl of a flood that does not expire (a ttl of 0 on the wire, RFC 8990 section 2.8.11). */
    public static final Duration INDEFINITE = Duration.ofSeconds(Long.MAX_VALUE);

    /** Checks the components. */
    public FloodedObjective {
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(initiator, "initiator");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(neighbor, "neighbor");
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("ttl " + ttl + " is negative");
        }
    }

    /**
     * An objective from a neighbor that is not authenticated.
     *
     * @param objective the objective
     * @param locator see {@link #locator}
     * @param initiator see {@link #initiator}
     * @param link see {@link #link}
     * @param linkIndex see {@link #linkIndex}
     * @param ttl see {@link #ttl}
     * @param expiresNanos see {@link #expiresNanos}
     */
    public FloodedObjective(
            Objective objective,
            @Nullable Locator locator,
            InetAddress initiator,
            String link,
            int linkIndex,
            Duration ttl,
            long expiresNanos) {
        this(objective, locator, initiator, link, linkIndex, ttl, expiresNanos, Optional.empty());
    }

    /** {@return whether it does not expire} */
    public boolean isIndefinite() {
        return ttl.equals(INDEFINITE);
    }

    /**
     * The time at which it expires, on the clock of the node that received it ({@code Grasp.now()}).
     *
     * @return the time; {@link #INDEFINITE} if it does not expire
     */
    public Duration expires() {
        return AsaLocator.time(expiresNanos);
    }

    /**
     * Whether it is no longer valid.
     *
     * @param now the time on the clock of the node that received it
     * @return whether it has expired
     */
    public boolean isExpired(Duration now) {
        return expires().compareTo(now) <= 0;
    }

    /**
     * The tag as a peer for requests (RFC 8991 section 2.3.2.6). The result includes the link, which a link-local
     * address needs.
     *
     * @return the locator of the flooded objective's ASA, empty if it was flooded without a locator; if it does not
     *     expire, the ttl is the longest that GRASP can express
     */
    public Optional<AsaLocator> asaLocator() {
        return Optional.ofNullable(locator).map(tag -> {
            AsaLocator unlimited = AsaLocator.of(tag);
            Duration valid = ttl.compareTo(unlimited.ttl()) < 0 ? ttl : unlimited.ttl();
            return new AsaLocator(tag, link, linkIndex, false, valid, expiresNanos);
        });
    }

    /**
     * The objective with its tag, as {@code expireFlood} takes it.
     *
     * @return the pair, which identifies this entry in the flood cache, except for the link of a link-local tag
     */
    public TaggedObjective tagged() {
        return new TaggedObjective(objective, locator);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
