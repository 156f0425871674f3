package io.grasp.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * How the values of an objective become CBOR items and come out of them. It never changes, any thread may use it, and
 * it never gives {@code null}: a codec for values that may be absent is {@link #optional()}.
 *
 * @param <T> the type of the values
 */
public abstract sealed class ObjectiveCodec<T>
        permits JacksonCodec, FunctionCodec, OptionalCodec, RawCborCodec, UndecodedCodec {
    ObjectiveCodec() {}

    /**
     * A codec that reads and writes a type by the rules of {@link ObjectiveValue#mapper()}: a value that does not fit
     * exactly is none.
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
     * A codec that reads and writes a type by the rules of a mapper of the caller's.
     *
     * @param type a type without type parameters
     * @param mapper made from {@link ObjectiveValue#mapper()}, with modules for instance, or any other. Unless
     *     {@link TypedObjective#withUnknownFields} says otherwise, it decides about unknown fields
     * @param <T> the type of the values
     * @return the codec
     */
    public static <T> ObjectiveCodec<T> of(Class<T> type, CBORMapper mapper) {
        return new JacksonCodec<>(mapper.constructType(Objects.requireNonNull(type, "type")), mapper);
    }

    /**
     * A codec for a type with type parameters, by the rules of a mapper of the caller's, see {@link #of(Class,
     * CBORMapper)}.
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
     * A codec made of two functions. What they throw, or a {@code null} that they return, says that the value does not
     * fit. {@link UnknownFields} does not concern it: the functions know what they ignore.
     *
     * @param encode makes the item of a value
     * @param decode makes the value of an item; it is also called if there is no value
     *     ({@link ObjectiveValue#isPresent})
     * @param <T> the type of the values
     * @return the codec
     */
    public static <T> ObjectiveCodec<T> of(
            Function<? super T, ObjectiveValue> encode, Function<ObjectiveValue, ? extends T> decode) {
        return new FunctionCodec<>(encode, decode);
    }

    /** {@return a codec that leaves values as they are, for authors who read the CBOR by themselves} */
    public static ObjectiveCodec<ObjectiveValue> undecoded() {
        return UndecodedCodec.INSTANCE;
    }

    /**
     * This codec for values that may be absent: {@link Optional#empty} is written as null, and null and no value at all
     * are read as it.
     *
     * @return the codec
     */
    public ObjectiveCodec<Optional<T>> optional() {
        return new OptionalCodec<>(this);
    }

    /**
     * This codec for an objective whose values travel as raw CBOR, inside tag 24 (RFC 8991 section 2.3.2.4). Every
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
     * @param reported takes the pointers of those that are to be reported
     */
    abstract T decode(ObjectiveValue value, UnknownFields unknown, List<String> reported) throws Misfit;

    /** {@return what it does with unknown fields if nobody says otherwise} */
    abstract UnknownFields unknownFields();
}
