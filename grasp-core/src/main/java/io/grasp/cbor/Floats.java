package io.grasp.cbor;

import java.math.BigDecimal;
import java.math.MathContext;

/** Floating-point numbers of data items. */
final class Floats {
    private static final int HALF_EXPONENT_MASK = 0x1F;
    private static final int HALF_MANTISSA_BITS = 10;

    private Floats() {}

    /** RFC 8949 appendix D. */
    static double halfToDouble(int half) {
        int exponent = half >> HALF_MANTISSA_BITS & HALF_EXPONENT_MASK;
        int mantissa = half & (1 << HALF_MANTISSA_BITS) - 1;
        double value;
        if (exponent == 0) {
            value = Math.scalb((double) mantissa, -24);
        } else if (exponent != HALF_EXPONENT_MASK) {
            value = Math.scalb((double) (mantissa + (1 << HALF_MANTISSA_BITS)), exponent - 25);
        } else {
            value = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        return (half & 0x8000) == 0 ? value : -value;
    }

    /** Prints as RFC 8949 appendix A does: like JavaScript, but never as an integer. */
    static String print(double value) {
        double magnitude = Math.abs(value);
        if (!Double.isFinite(value) || magnitude == 0) {
            return Double.toString(value);
        }
        BigDecimal decimal = shortest(magnitude);
        int exponent = decimal.precision() - decimal.scale() - 1;
        String sign = value < 0 ? "-" : "";
        if (exponent >= -6 && exponent <= 20) {
            String plain = decimal.toPlainString();
            return sign + (plain.contains(".") ? plain : plain + ".0");
        }
        String digits = decimal.unscaledValue().toString();
        String fraction = digits.length() == 1 ? "0" : digits.substring(1);
        return sign + digits.charAt(0) + "." + fraction + (exponent < 0 ? "e-" : "e+") + Math.abs(exponent);
    }

    /** {@return the fewest digits that tell the number from all others}. {@link Double#toString} does so since JDK 19 only. */
    private static BigDecimal shortest(double magnitude) {
        BigDecimal exact = new BigDecimal(magnitude);
        int digits = new BigDecimal(Double.toString(magnitude)).precision();
        while (digits > 1 && exact.round(new MathContext(digits - 1)).doubleValue() == magnitude) {
            digits--;
        }
        return exact.round(new MathContext(digits)).stripTrailingZeros();
    }
}
