package io.grasp.samples;

import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
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

    /**
     * Reads a value.
     *
     * @throws GraspException or {@link IllegalArgumentException} if it is none
     */
    static Money of(Objective objective) {
        JsonNode value = objective.value().asJson();
        if (!value.isArray()
                || value.size() != 2
                || !value.get(0).isString()
                || !value.get(1).isIntegralNumber()
                || !value.get(1).canConvertToLong()) {
            throw new IllegalArgumentException("expected [currency, amount], got " + objective.value());
        }
        return new Money(value.get(0).asString(), value.get(1).asLong());
    }

    /** Writes a value, as raw CBOR in a tag 24 or as it is. */
    ObjectiveValue value(boolean raw) {
        ObjectiveValue plain = ObjectiveValue.of(new Object[] {currency, amount});
        return raw ? ObjectiveValue.ofRawCbor(plain.item().bytes()) : plain;
    }
}
