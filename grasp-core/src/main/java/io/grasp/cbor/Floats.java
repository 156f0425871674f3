package io.grasp.cbor;

import java.math.BigDecimal;
import java.math.MathContext;

/** Floating-point numbers of data items. */
final class Floats {
    private static final int HALF_EXPONENT_MASK = 0x1F;
    private static final int HALF_MANTISSA_BITS = 10;

    private static final int SIGN = 0x8000_0000;
    private static final int FLOAT_EXPONENT = 0x7F80_0000;
    private static final int FLOAT_MANTISSA = 0x7F_FFFF;
    private static final int FLOAT_MANTISSA_BITS = 23;
    private static final long LOST_IN_FLOAT = (1L << 29) - 1;
    private static final int LOST_IN_HALF = (1 << 13) - 1;

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

    /** Whether a double is exactly a float; for a NaN, whether the bits that a float lacks are 0. */
    static boolean fitsFloat(long bits) {
        double value = Double.longBitsToDouble(bits);
        return Double.isNaN(value) ? (bits & LOST_IN_FLOAT) == 0 : (float) value == value;
    }

    /** {@return the bits of the float that equals a double} */
    static int toFloat(long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.isNaN(value)) {
            return (int) (bits >>> 32) & SIGN | FLOAT_EXPONENT | (int) (bits >>> 29) & FLOAT_MANTISSA;
        }
        return Float.floatToRawIntBits((float) value);
    }

    /** Whether a float is exactly a half; for a NaN, whether the bits that a half lacks are 0. */
    static boolean fitsHalf(int bits) {
        int half = toHalf(bits);
        float value = Float.intBitsToFloat(bits);
        return Float.isNaN(value)
                ? (bits & LOST_IN_HALF) == 0
                : Float.floatToRawIntBits((float) halfToDouble(half)) == bits;
    }

    /** {@return the bits of the half that equals a float; for any other float, those of some half} */
    static int toHalf(int bits) {
        int sign = bits >>> 16 & 0x8000;
        int exponent = (bits >>> FLOAT_MANTISSA_BITS & 0xFF) - 127;
        int mantissa = bits & FLOAT_MANTISSA;
        if (exponent < -14) {
            int shift = Math.min(13 - 14 - exponent, Integer.SIZE - 1);
            return sign | (mantissa | 1 << FLOAT_MANTISSA_BITS) >> shift;
        }
        int halfExponent = Math.min(exponent + 15, HALF_EXPONENT_MASK);
        return sign | halfExponent << HALF_MANTISSA_BITS | mantissa >> 13;
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

    /** {@return the fewest digits that identify the number} {@link Double#toString} returns them only since JDK 19. */
    private static BigDecimal shortest(double magnitude) {
        BigDecimal exact = new BigDecimal(magnitude);
        int digits = new BigDecimal(Double.toString(magnitude)).precision();
        while (digits > 1 && exact.round(new MathContext(digits - 1)).doubleValue() == magnitude) {
            digits--;
        }
        return exact.round(new MathContext(digits)).stripTrailingZeros();
    }
}
