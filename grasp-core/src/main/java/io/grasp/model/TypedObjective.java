package io.grasp.model;

import io.grasp.util.FailureText;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.type.TypeReference;

/**
 * An objective whose values have a Java type: its name, flags and loop count, the codec for its values, and the policy
 * for unknown fields. An ASA that uses it sees only values of that type; a received value that does not fit causes a
 * negotiation to be declined, or is an error that names the place in the value.
 *
 * {@snippet class="io.grasp.snippets.CoreSnippets" region="typedObjective"}
 *
 * <p>It is immutable and thread-safe.
 *
 * @param <T> the type of the values
 */
public final class TypedObjective<T> {
    private final Objective objective;
    private final ObjectiveCodec<T> codec;
    private final UnknownFields unknownFields;

    private TypedObjective(Objective objective, ObjectiveCodec<T> codec, UnknownFields unknownFields) {
        this.objective = objective;
        this.codec = codec;
        this.unknownFields = unknownFields;
    }

    /**
     * An objective for negotiation, see {@link Objective#negotiable}.
     *
     * @param name the objective's name
     * @param type the type of its values, see {@link ObjectiveCodec#of(Class)}
     * @param <T> the type of the values
     * @return the objective, with the default loop count
     */
    public static <T> TypedObjective<T> negotiable(String name, Class<T> type) {
        return negotiable(name, ObjectiveCodec.of(type));
    }

    /**
     * An objective for negotiation, see {@link Objective#negotiable}.
     *
     * @param name the objective's name
     * @param type the type of its values: {@code new TypeReference<List<Offer>>() {}}
     * @param <T> the type of the values
     * @return the objective, with the default loop count
     */
    public static <T> TypedObjective<T> negotiable(String name, TypeReference<T> type) {
        return negotiable(name, ObjectiveCodec.of(type));
    }

    /**
     * An objective for negotiation, see {@link Objective#negotiable}.
     *
     * @param name the objective's name
     * @param codec reads and writes its values
     * @param <T> the type of the values
     * @return the objective, with the default loop count
     */
    public static <T> TypedObjective<T> negotiable(String name, ObjectiveCodec<T> codec) {
        return of(Objective.negotiable(name), codec);
    }

    /**
     * An objective for synchronization and flooding, see {@link Objective#synchronizable}.
     *
     * @param name the objective's name
     * @param type the type of its values, see {@link ObjectiveCodec#of(Class)}
     * @param <T> the type of the values
     * @return the objective, with the default loop count
     */
    public static <T> TypedObjective<T> synchronizable(String name, Class<T> type) {
        return synchronizable(name, ObjectiveCodec.of(type));
    }

    /**
     * An objective for synchronization and flooding, see {@link Objective#synchronizable}.
     *
     * @param name the objective's name
     * @param type the type of its values: {@code new TypeReference<List<Offer>>() {}}
     * @param <T> the type of the values
     * @return the objective, with the default loop count
     */
    public static <T> TypedObjective<T> synchronizable(String name, TypeReference<T> type) {
        return synchronizable(name, ObjectiveCodec.of(type));
    }

    /**
     * An objective for synchronization and flooding, see {@link Objective#synchronizable}.
     *
     * @param name the objective's name
     * @param codec reads and writes its values
     * @param <T> the type of the values
     * @return the objective, with the default loop count
     */
    public static <T> TypedObjective<T> synchronizable(String name, ObjectiveCodec<T> codec) {
        return of(Objective.synchronizable(name), codec);
    }

    /**
     * An objective with any flags and loop count.
     *
     * @param objective the objective; its value, if any, is dropped
     * @param codec reads and writes its values, and determines the initial policy for unknown fields
     * @param <T> the type of the values
     * @return the objective
     */
    public static <T> TypedObjective<T> of(Objective objective, ObjectiveCodec<T> codec) {
        return new TypedObjective<>(objective.withValue(ObjectiveValue.NONE), codec, codec.unknownFields());
    }

    /** {@return the objective's name} */
    public String name() {
        return objective.name();
    }

    /** {@return the objective without a value} */
    public Objective objective() {
        return objective;
    }

    /** {@return the codec for the values} */
    public ObjectiveCodec<T> codec() {
        return codec;
    }

    /** {@return the policy for unknown fields: by default they are rejected, unless the codec decides otherwise} */
    public UnknownFields unknownFields() {
        return unknownFields;
    }

    /**
     * This objective with another loop count.
     *
     * @param loopCount 0 to 255
     * @return the changed objective
     */
    public TypedObjective<T> withLoopCount(int loopCount) {
        return new TypedObjective<>(objective.withLoopCount(loopCount), codec, unknownFields);
    }

    /**
     * This objective with or without the dry-run flag, see {@link Objective#withDryRun}.
     *
     * @param dryRun whether F_NEG_DRY is set
     * @return the changed objective
     */
    public TypedObjective<T> withDryRun(boolean dryRun) {
        return new TypedObjective<>(objective.withDryRun(dryRun), codec, unknownFields);
    }

    /**
     * This objective with another policy for unknown fields (RFC 9222 section 9, rule 8). It takes precedence over the
     * setting of the codec's mapper. It has no effect on a codec made of functions.
     *
     * @param policy the policy for fields that the type does not know
     * @return the changed objective
     */
    public TypedObjective<T> withUnknownFields(UnknownFields policy) {
        return new TypedObjective<>(objective, codec, Objects.requireNonNull(policy, "policy"));
    }

    /**
     * The objective with a value, for calls that take an {@link Objective}.
     *
     * @param value the value
     * @return the objective with its value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} and the objective's name if the codec cannot write
     *     it
     */
    public Objective withValue(T value) {
        return objective.withValue(encode(value));
    }

    /**
     * Encodes a value for a message.
     *
     * @param value the value
     * @return the value as CBOR
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} and the objective's name if the codec cannot write
     *     it, also because of a {@link LinkageError} or {@link StackOverflowError}
     */
    public ObjectiveValue encode(T value) {
        Objects.requireNonNull(value, "value");
        try {
            return codec.encode(value);
        } catch (GraspException e) {
            throw e.about(name());
        } catch (LinkageError | StackOverflowError e) {
            throw codecFailed(e);
        }
    }

    /**
     * The value of a received objective.
     *
     * @param received the objective with its value
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} and the objective's name if the value does not fit,
     *     or there is none; the message names the place in the value
     */
    public T valueOf(Objective received) {
        Decoded<T> decoded = decode(received.value());
        if (decoded instanceof Decoded.Unfit<T> unfit) {
            throw unfit.failure();
        }
        return ((Decoded.Value<T>) decoded).value();
    }

    /**
     * Decodes a received value; a value that does not fit is a result, not an exception. So is a {@link LinkageError}
     * or {@link StackOverflowError} of the codec.
     *
     * @param received the value
     * @return the value as the type, or why it does not fit
     */
    public Decoded<T> decode(ObjectiveValue received) {
        List<String> reported = new ArrayList<>(0);
        try {
            return new Decoded.Value<>(codec.decode(received, unknownFields, reported), reported);
        } catch (Misfit misfit) {
            return new Decoded.Unfit<>(misfit.reason(), misfit.peer().about(name()));
        } catch (LinkageError | StackOverflowError e) {
            return new Decoded.Unfit<>("internal error", codecFailed(e));
        }
    }

    /** Reactor throws these errors to its caller instead of passing them on, so they would end no call. */
    private GraspException codecFailed(Error error) {
        return GraspException.local(GraspErrorCode.CBOR_FAIL, "the codec failed: " + FailureText.of(error))
                .about(name())
                .causedBy(error);
    }

    /** {@return the name and the type of the values} */
    @Override
    public String toString() {
        return name() + ": " + codec;
    }
}
