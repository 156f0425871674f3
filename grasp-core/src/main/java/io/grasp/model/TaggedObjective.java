package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An objective as it is flooded, with the locator that tags it (RFC 8991 section 2.3.2.6).
 *
 * @param objective the synchronization objective with its value
 * @param locator the tag, or {@code null} for none. An IPv6 locator with the unspecified address is replaced by the
 *     link-local address of each sending link
 */
public record TaggedObjective(Objective objective, @Nullable Locator locator) {
    /** Checks the components. */
    public TaggedObjective {
        Objects.requireNonNull(objective, "objective");
    }

    /**
     * An objective without a tag.
     *
     * @param objective the objective
     * @return the objective, untagged
     */
    public static TaggedObjective untagged(Objective objective) {
        return new TaggedObjective(objective, null);
    }

    /**
     * This objective, with its tag, with another loop count.
     *
     * @param loopCount 0 to 255
     * @return the changed objective
     */
    public TaggedObjective withLoopCount(int loopCount) {
        return new TaggedObjective(objective.withLoopCount(loopCount), locator);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
