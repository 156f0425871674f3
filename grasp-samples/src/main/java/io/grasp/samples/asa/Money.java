package io.grasp.samples.asa;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.grasp.model.Decoded;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveCodec;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TypedObjective;
import org.jspecify.annotations.Nullable;

/**
 * A value of EX3: {@code [currency, amount]}.
 *
 * @param currency the currency's code
 * @param amount the amount
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record Money(String currency, long amount) {
    static final String NZD = "NZD";

    private static final TypedObjective<Money> EX3 = TypedObjective.negotiable("EX3", Money.class);
    private static final TypedObjective<Money> RAW_EX3 =
            TypedObjective.negotiable("EX3", ObjectiveCodec.of(Money.class).asRawCbor());

    public static Money nzd(long amount) {
        return new Money(NZD, amount);
    }

    /** {@return a value, or {@code null} if it does not fit} */
    public static @Nullable Money read(Objective objective) {
        return EX3.decode(objective.value()) instanceof Decoded.Value<Money> fits ? fits.value() : null;
    }

    /** {@return whether this is a sum that Gray and Briggs bargain over} */
    public boolean isNzd() {
        return currency.equals(NZD) && amount >= 0;
    }

    /** Writes a value, as raw CBOR in a tag 24 or directly. */
    public ObjectiveValue value(boolean raw) {
        return (raw ? RAW_EX3 : EX3).encode(this);
    }
}
