package io.grasp.samples;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.ObjectiveValue;
import java.util.HexFormat;

/** Creates values from their bytes. */
final class Cbor {
    private Cbor() {}

    /** Creates the value with this encoding. */
    static ObjectiveValue value(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex)));
        } catch (CborException e) {
            throw new AssertionError(hex, e);
        }
    }
}
