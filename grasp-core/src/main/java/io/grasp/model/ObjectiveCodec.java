package io.grasp.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Converts the values of an objective to CBOR items and back. It is immutable and thread-safe, and never returns
 * {@code null}; for values that may be absent, use {@link #optional()}.
 *
 * @param <T> the type of the values
 */
public abstract sealed class ObjectiveCodec<T>
        permits JacksonCodec, FunctionCodec, OptionalCodec, RawCborCodec, UndecodedCodec {
    ObjectiveCodec() {}

    /**
     * A codec that reads and writes a type by the rules of {@link ObjectiveValue#mapper()}: a value that does not fit
     * exactly is refused.
     *
     * @param type a type without type parameters: a record, a sealed interface, a bean, a number, text
     * @param <T> the type of the values
     * @return the codec
     */
    public static <T> ObjectiveCodec<T> of(Class<T> type) {
        return of(type, ObjectiveValue.mapper());
    }

    /**
     * A codec for a type with type parameters, see {@link #of(Class)}.
     *
     * @param type the type: {@code new TypeReference<List<Offer>>() {}}
     * @param <T> the type of the values
     * @return the codec
     */
    public static <T> ObjectiveCodec<T> of(TypeReference<T> type) {
        return of(type, ObjectiveValue.mapper());
    }

    /**
     * A codec that reads and writes a type by the rules of the caller's mapper.
     *
     * @param type a type without type parameters
     * @param mapper a mapper derived from {@link ObjectiveValue#mapper()}, for example with modules, or any other one.
     *     It decides about unknown fields, unless {@link TypedObjective#withUnknownFields} is used
     * @param <T> the type of the values
     * @return the codec
     */
    public static <T> ObjectiveCodec<T> of(Class<T> type, CBORMapper mapper) {
        return new JacksonCodec<>(mapper.constructType(Objects.requireNonNull(type, "type")), mapper);
    }

    /**
     * A codec for a type with type parameters, by the rules of the caller's mapper, see {@link #of(Class, CBORMapper)}.
     *
     * @param type the type
     * @param mapper the mapper
     * @param <T> the type of the values
     * @return the codec
     */
    public static <T> ObjectiveCodec<T> of(TypeReference<T> type, CBORMapper mapper) {
        return new JacksonCodec<>(mapper.constructType(Objects.requireNonNull(type, "type")), mapper);
    }

    /**
     * A codec made of two functions. If they throw, or return {@code null}, the value does not fit; an
     * {@link UnfitValueException} names the place. {@link UnknownFields} does not apply: the functions decide what they
     * ignore.
     *
     * @param encode converts a value to an item
     * @param decode converts an item to a value; it is also called if there is no value
     *     ({@link ObjectiveValue#isPresent})
     * @param <T> the type of the values
     * @return the codec
     */
    public static <T> ObjectiveCodec<T> of(
            Function<? super T, ObjectiveValue> encode, Function<ObjectiveValue, ? extends T> decode) {
        return new FunctionCodec<>(encode, decode);
    }

    /** {@return a codec that does not convert values, for ASAs that read the CBOR themselves} */
    public static ObjectiveCodec<ObjectiveValue> undecoded() {
        return UndecodedCodec.INSTANCE;
    }

    /**
     * This codec for values that may be absent: {@link Optional#empty} is written as null, and both null and a missing
     * value are read as empty.
     *
     * @return the codec
     */
    public ObjectiveCodec<Optional<T>> optional() {
        return new OptionalCodec<>(this);
    }

    /**
     * This codec for an objective whose values are sent as raw CBOR, inside tag 24 (RFC 8991 section 2.3.2.4). Every
     * codec of a type reads both forms.
     *
     * @return the codec
     */
    public ObjectiveCodec<T> asRawCbor() {
        return new RawCborCodec<>(this);
    }

    /** @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if the value cannot be written */
    abstract ObjectiveValue encode(T value);

    /**
     * Reads a value.
     *
     * @param unknown what to do with unknown fields
     * @param reported receives the pointers of the fields to report
     */
    abstract T decode(ObjectiveValue value, UnknownFields unknown, List<String> reported) throws Misfit;

    /** {@return its default policy for unknown fields} */
    abstract UnknownFields unknownFields();
}
