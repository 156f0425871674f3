package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.List;
import java.util.Objects;

/**
 * The result of decoding a received value with a {@link TypedObjective}.
 *
 * @param <T> the type of the objective's values
 */
public sealed interface Decoded<T> {
    /**
     * The value fits.
     *
     * @param value the value, never {@code null}
     * @param unknownFields the places of unknown fields, as JSON pointers (RFC 6901), only the first few; empty unless
     *     the policy is {@link UnknownFields#REPORT}
     * @param <T> the type of the objective's values
     */
    record Value<T>(T value, List<String> unknownFields) implements Decoded<T> {
        /** Checks and copies the components. */
        public Value {
            Objects.requireNonNull(value, "value");
            unknownFields = List.copyOf(unknownFields);
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * The value does not fit, or there is none.
     *
     * @param reason a short description of the error and its place for the peer, without information about this node
     * @param failure the error in all detail: {@link GraspErrorCode#CBOR_FAIL} with the objective's name
     * @param <T> the type of the objective's values
     */
    record Unfit<T>(String reason, GraspException failure) implements Decoded<T> {
        /** Checks the components. */
        public Unfit {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(failure, "failure");
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }
}
