package io.grasp.model;

import java.util.List;

/** Does not convert values. */
final class UndecodedCodec extends ObjectiveCodec<ObjectiveValue> {
    static final UndecodedCodec INSTANCE = new UndecodedCodec();

    private UndecodedCodec() {}

    @Override
    ObjectiveValue encode(ObjectiveValue value) {
        return value;
    }

    @Override
    ObjectiveValue decode(ObjectiveValue value, UnknownFields unknown, List<String> reported) {
        return value;
    }

    @Override
    UnknownFields unknownFields() {
        return UnknownFields.IGNORE;
    }

    @Override
    public String toString() {
        return "ObjectiveValue";
    }
}
