package io.grasp.samples;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.ObjectiveValue;
import java.util.HexFormat;

/** Values by their bytes. */
final class Cbor {
    private Cbor() {}

    /** The value that stands on the wire as these bytes. */
    static ObjectiveValue value(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex)));
        } catch (CborException e) {
            throw new AssertionError(hex, e);
        }
    }
}
