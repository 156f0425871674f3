package io.grasp.model;

import java.util.List;

/** Wraps the output of another codec as raw CBOR, in tag 24. */
final class RawCborCodec<T> extends ObjectiveCodec<T> {
    private final ObjectiveCodec<T> codec;

    RawCborCodec(ObjectiveCodec<T> codec) {
        this.codec = codec;
    }

    @Override
    ObjectiveValue encode(T value) {
        ObjectiveValue plain = codec.encode(value);
        return !plain.isPresent() || plain.isRawCbor()
                ? plain
                : ObjectiveValue.ofRawCbor(plain.item().bytes());
    }

    @Override
    T decode(ObjectiveValue value, UnknownFields unknown, List<String> reported) throws Misfit {
        return codec.decode(value, unknown, reported);
    }

    @Override
    UnknownFields unknownFields() {
        return codec.unknownFields();
    }

    @Override
    public String toString() {
        return codec + " as raw CBOR";
    }
}
