package io.grasp.engine.node;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;

/**
 * The value sent for an objective that has none. RFC 8990 section 2.10.1 makes the value optional in some messages, but
 * its examples always carry one, and some receivers fail on an objective without a value.
 */
public final class Placeholder {
    private static final ObjectiveValue NULL = item(0xF6);
    private static final ObjectiveValue ZERO = item(0x00);

    private Placeholder() {}

    /** {@return the value, or CBOR null if there is none} */
    public static ObjectiveValue ifNone(ObjectiveValue value) {
        return value.isPresent() ? value : NULL;
    }

    /** {@return the objective with its value, or with CBOR null if it has none} */
    public static Objective ifNone(Objective objective) {
        return objective.value().isPresent() ? objective : objective.withValue(NULL);
    }

    /** {@return the objective for an ordinary discovery: with null, which no node treats as a rapid request} */
    public static Objective ofDiscovery(Objective objective) {
        return objective.withValue(NULL);
    }

    /**
     * {@return the objective for a rapid request of its value: with 0, as in RFC 8990 appendix A.1, or with the ASA's
     * own value}
     */
    public static Objective ofRapidSynchronization(Objective objective) {
        return isNothing(objective.value()) ? objective.withValue(ZERO) : objective;
    }

    /** {@return whether a value is empty: there is none, or it is null or undefined} */
    public static boolean isNothing(ObjectiveValue value) {
        if (!value.isPresent()) {
            return true;
        }
        CborReader content = value.content().reader();
        return content.isNull() || content.isUndefined();
    }

    private static ObjectiveValue item(int initialByte) {
        byte[] item = {(byte) initialByte};
        return ObjectiveValue.ofItem(CborItem.wrap(item, 0, item.length));
    }
}
