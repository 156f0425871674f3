package io.grasp.engine;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;

/**
 * The value of an objective that has none, outside discovery: null. RFC 8990 section 2.10.1 makes the value optional
 * only there, and some receivers fail on an objective without one.
 */
final class Placeholder {
    private static final byte[] CBOR_NULL = {(byte) 0xF6};
    private static final ObjectiveValue NULL = ObjectiveValue.ofItem(CborItem.wrap(CBOR_NULL, 0, CBOR_NULL.length));

    private Placeholder() {}

    static ObjectiveValue ifNone(ObjectiveValue value) {
        return value.isPresent() ? value : NULL;
    }

    static Objective ifNone(Objective objective) {
        return objective.value().isPresent() ? objective : objective.withValue(NULL);
    }
}
