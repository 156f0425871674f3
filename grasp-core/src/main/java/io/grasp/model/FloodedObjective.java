package io.grasp.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An objective received by flooding, as it stands in the flood cache.
 *
 * @param objective the objective; its loop count is the one received
 * @param locator the tag that it was flooded with, {@code null} when it had none
 * @param initiator the node that flooded it
 * @param link name of the link it arrived on; of what an ASA of this node flooded, the link that a link-local tag is
 *     on, and else empty
 * @param linkIndex the substrate's index of that link, 0 when there is none
 * @param ttl how much longer it is valid, counted from the moment it was received or taken from the cache, however late
 *     that is looked at: never negative; {@link #INDEFINITE} if it does not expire
 */
public record FloodedObjective(
        Objective objective,
        @Nullable Locator locator,
        InetAddress initiator,
        String link,
        int linkIndex,
        Duration ttl) {
    /** The ttl of a flood that does not expire (a ttl of 0 on the wire, RFC 8990 section 2.8.11). */
    public static final Duration INDEFINITE = Duration.ofSeconds(Long.MAX_VALUE);

    public FloodedObjective {
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(initiator, "initiator");
        Objects.requireNonNull(link, "link");
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("ttl " + ttl + " is negative");
        }
    }

    /** {@return whether it does not expire} */
    public boolean isIndefinite() {
        return ttl.equals(INDEFINITE);
    }

    /**
     * The tag as a peer to speak to (RFC 8991 section 2.3.2.6): a link-local address leads there only with its link.
     *
     * @return where the flooded objective's ASA is, empty if it was flooded without a locator; the ttl of one that does
     *     not expire is the longest that GRASP can express
     */
    public Optional<AsaLocator> asaLocator() {
        return Optional.ofNullable(locator).map(tag -> {
            AsaLocator unlimited = AsaLocator.of(tag);
            Duration valid = ttl.compareTo(unlimited.ttl()) < 0 ? ttl : unlimited.ttl();
            return new AsaLocator(tag, link, linkIndex, false, valid);
        });
    }

    /**
     * The objective with its tag, as {@code expireFlood} takes it.
     *
     * @return the pair, which identifies this entry in the flood cache, but for the link of a link-local tag
     */
    public TaggedObjective tagged() {
        return new TaggedObjective(objective, locator);
    }
}
