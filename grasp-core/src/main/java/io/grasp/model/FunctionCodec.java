package io.grasp.model;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads and writes values by an author's functions. */
final class FunctionCodec<T> extends ObjectiveCodec<T> {
    private final Function<? super T, ObjectiveValue> encode;
    private final Function<ObjectiveValue, ? extends T> decode;

    FunctionCodec(Function<? super T, ObjectiveValue> encode, Function<ObjectiveValue, ? extends T> decode) {
        this.encode = Objects.requireNonNull(encode, "encode");
        this.decode = Objects.requireNonNull(decode, "decode");
    }

    @Override
    ObjectiveValue encode(T value) {
        try {
            return Objects.requireNonNull(encode.apply(value), "the codec returned null");
        } catch (GraspException e) {
            throw e;
        } catch (RuntimeException e) {
            throw GraspException.local(GraspErrorCode.CBOR_FAIL, "the codec cannot write the value: " + describe(e))
                    .causedBy(e);
        }
    }

    @Override
    T decode(ObjectiveValue value, UnknownFields unknown, List<String> reported) throws Misfit {
        @Nullable T decoded;
        try {
            decoded = decode.apply(value);
        } catch (RuntimeException e) {
            throw new Misfit(
                    value.isPresent() ? Misfit.Kind.INVALID : Misfit.Kind.NO_VALUE,
                    "the codec cannot read the value: " + describe(e),
                    e instanceof UnfitValueException unfit ? unfit.pointer() : "",
                    e);
        }
        if (decoded == null) {
            throw new Misfit(Misfit.Kind.INVALID, "the codec cannot read the value: it returned null", "", null);
        }
        return decoded;
    }

    private static String describe(RuntimeException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    @Override
    UnknownFields unknownFields() {
        return UnknownFields.REJECT;
    }

    @Override
    public String toString() {
        return "a codec made of functions";
    }
}
