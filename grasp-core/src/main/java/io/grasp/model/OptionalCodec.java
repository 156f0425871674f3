package io.grasp.model;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import java.util.List;
import java.util.Optional;

/** Reads and writes values that may be absent. */
final class OptionalCodec<T> extends ObjectiveCodec<Optional<T>> {
    private static final ObjectiveValue ABSENT = ObjectiveValue.ofItem(CborItem.wrap(new byte[] {(byte) 0xF6}, 0, 1));

    private final ObjectiveCodec<T> codec;

    OptionalCodec(ObjectiveCodec<T> codec) {
        this.codec = codec;
    }

    @Override
    ObjectiveValue encode(Optional<T> value) {
        return value.map(codec::encode).orElse(ABSENT);
    }

    @Override
    Optional<T> decode(ObjectiveValue value, UnknownFields unknown, List<String> reported) throws Misfit {
        return isAbsent(value) ? Optional.empty() : Optional.of(codec.decode(value, unknown, reported));
    }

    private static boolean isAbsent(ObjectiveValue value) {
        if (!value.isPresent()) {
            return true;
        }
        CborReader reader = value.content().reader();
        return reader.isNull() || reader.isUndefined();
    }

    @Override
    UnknownFields unknownFields() {
        return codec.unknownFields();
    }

    @Override
    public String toString() {
        return "Optional<" + codec + ">";
    }
}
