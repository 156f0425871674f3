package io.grasp.samples;

import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A value of EX3: {@code [currency, amount]}.
 *
 * @param currency the currency's code
 * @param amount how much of it
 */
record Money(String currency, long amount) {
    static final String NZD = "NZD";

    static Money nzd(long amount) {
        return new Money(NZD, amount);
    }

    /** Reads a value, or gives {@code null} if it is none. */
    static @Nullable Money read(Objective objective) {
        JsonNode value;
        try {
            value = objective.value().asJson();
        } catch (GraspException e) {
            return null;
        }
        if (!value.isArray()
                || value.size() != 2
                || !value.get(0).isString()
                || !value.get(1).isIntegralNumber()
                || !value.get(1).canConvertToLong()) {
            return null;
        }
        return new Money(value.get(0).asString(), value.get(1).asLong());
    }

    /** {@return whether this is a sum that Gray and Briggs bargain over} */
    boolean isNzd() {
        return currency.equals(NZD) && amount >= 0;
    }

    /** Writes a value, as raw CBOR in a tag 24 or as it is. */
    ObjectiveValue value(boolean raw) {
        ObjectiveValue plain = ObjectiveValue.of(new Object[] {currency, amount});
        return raw ? ObjectiveValue.ofRawCbor(plain.item().bytes()) : plain;
    }
}
