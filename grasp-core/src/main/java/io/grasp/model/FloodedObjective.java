package io.grasp.model;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An objective received by flooding, as it stands in the flood cache.
 *
 * @param objective the objective; its loop count is the one received
 * @param locator the tag that it was flooded with, {@code null} when it had none
 * @param initiator the node that flooded it
 * @param link name of the link it arrived on, empty when an ASA of this node flooded it
 * @param ttl how much longer it is valid, counted from the moment this value was handed out; {@link #INDEFINITE} if it
 *     does not expire
 */
public record FloodedObjective(
        Objective objective, @Nullable Locator locator, InetAddress initiator, String link, Duration ttl) {
    /** The ttl of a flood that does not expire (a ttl of 0 on the wire, RFC 8990 section 2.8.11). */
    public static final Duration INDEFINITE = Duration.ofSeconds(Long.MAX_VALUE);

    public FloodedObjective {
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(initiator, "initiator");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(ttl, "ttl");
    }

    /**
     * The objective with its tag, as {@code expireFlood} takes it.
     *
     * @return the pair that identifies this entry in the flood cache
     */
    public TaggedObjective tagged() {
        return new TaggedObjective(objective, locator);
    }
}
