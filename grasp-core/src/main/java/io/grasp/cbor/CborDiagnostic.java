package io.grasp.cbor;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Prints data items in the diagnostic notation of RFC 8949 section 8. */
public final class CborDiagnostic {
    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xFF;

    private final byte[] bytes;
    private final StringBuilder out = new StringBuilder();
    private int position;

    private CborDiagnostic(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Prints an item.
     *
     * @param item the item; its depth is bounded by {@link CborLimits#UNBOUNDED}
     * @return the notation; text that is not UTF-8 is shown with replacement characters
     */
    public static String print(CborItem item) {
        CborDiagnostic printer = new CborDiagnostic(item.bytes());
        printer.item();
        return printer.out.toString();
    }

    private void item() {
        int initial = bytes[position++] & 0xFF;
        int info = initial & 0x1F;
        long argument = CborScanner.argument(bytes, position, info);
        position += info >= 24 && info < INDEFINITE ? 1 << (info - 24) : 0;
        switch (initial >> 5) {
            case 0 -> out.append(Long.toUnsignedString(argument));
            case 1 -> negative(argument);
            case 2, 3 -> string(initial, argument);
            case 4 -> container('[', ']', argument, info == INDEFINITE, false);
            case 5 -> container('{', '}', argument, info == INDEFINITE, true);
            case 6 -> {
                out.append(Long.toUnsignedString(argument)).append('(');
                item();
                out.append(')');
            }
            default -> simple(info, argument);
        }
    }

    private void negative(long argument) {
        if (argument >= 0) {
            out.append(-1 - argument);
        } else {
            out.append(new BigInteger(Long.toUnsignedString(argument)).not());
        }
    }

    private void string(int initial, long argument) {
        boolean text = initial >> 5 == 3;
        if ((initial & 0x1F) != INDEFINITE) {
            byte[] content = Arrays.copyOfRange(bytes, position, position + (int) argument);
            position += content.length;
            if (text) {
                quote(new String(content, StandardCharsets.UTF_8));
            } else {
                out.append("h'").append(HexFormat.of().formatHex(content)).append('\'');
            }
            return;
        }
        out.append("(_");
        for (char separator = ' '; (bytes[position] & 0xFF) != BREAK; separator = ',') {
            out.append(separator).append(separator == ',' ? " " : "");
            item();
        }
        position++;
        out.append(')');
    }

    private void container(char open, char close, long count, boolean indefinite, boolean map) {
        out.append(open).append(indefinite ? "_ " : "");
        for (long i = 0; indefinite ? (bytes[position] & 0xFF) != BREAK : i < count; i++) {
            out.append(i == 0 ? "" : ", ");
            item();
            if (map) {
                out.append(": ");
                item();
            }
        }
        position += indefinite ? 1 : 0;
        out.append(close);
    }

    private void simple(int info, long argument) {
        switch (info) {
            case 20 -> out.append("false");
            case 21 -> out.append("true");
            case 22 -> out.append("null");
            case 23 -> out.append("undefined");
            case 25 -> number(halfToDouble((int) argument));
            case 26 -> number(Float.intBitsToFloat((int) argument));
            case 27 -> number(Double.longBitsToDouble(argument));
            default -> out.append("simple(").append(argument).append(')');
        }
    }

    private void number(double value) {
        out.append(value);
    }

    /** RFC 8949 appendix D. */
    private static double halfToDouble(int half) {
        int exponent = half >> 10 & 0x1F;
        int mantissa = half & 0x3FF;
        double value;
        if (exponent == 0) {
            value = Math.scalb((double) mantissa, -24);
        } else if (exponent != 31) {
            value = Math.scalb((double) (mantissa + 1024), exponent - 25);
        } else {
            value = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        return (half & 0x8000) == 0 ? value : -value;
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7F) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
