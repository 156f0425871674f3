package io.grasp.model;

import java.util.List;
import java.util.Objects;

/**
 * What a {@link TypedObjective} makes of a received value.
 *
 * @param <T> the type of the objective's values
 */
public sealed interface Decoded<T> {
    /**
     * The value fits.
     *
     * @param value the value, never {@code null}
     * @param unknownFields where the value has fields that the type does not know, as JSON pointers (RFC 6901), the
     *     first few of them; empty unless the policy is {@link UnknownFields#REPORT}
     * @param <T> the type of the objective's values
     */
    record Value<T>(T value, List<String> unknownFields) implements Decoded<T> {
        public Value {
            Objects.requireNonNull(value, "value");
            unknownFields = List.copyOf(unknownFields);
        }
    }

    /**
     * The value does not fit, or there is none.
     *
     * @param reason what is wrong and where, in words for the peer: short, and without anything of this node
     * @param failure what is wrong, in all detail: {@link GraspErrorCode#CBOR_FAIL} with the objective's name
     * @param <T> the type of the objective's values
     */
    record Unfit<T>(String reason, GraspException failure) implements Decoded<T> {
        public Unfit {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(failure, "failure");
        }
    }
}
