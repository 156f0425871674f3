package io.grasp.cbor;

import io.grasp.util.PrintableText;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;

/**
 * Prints data items in the diagnostic notation of RFC 8949 section 8, without encoding indicators. The output is at
 * most about twenty characters for each byte. The printer does not recurse, so deep nesting is harmless.
 */
public final class CborDiagnostic {
    private final byte[] bytes;
    private final StringBuilder out = new StringBuilder();
    private final Deque<Container> open = new ArrayDeque<>();
    private int position;

    private CborDiagnostic(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Prints an item.
     *
     * @param item the item
     * @return the notation; bignums are printed as tags, and text that is not UTF-8 with replacement characters
     */
    public static String print(CborItem item) {
        CborDiagnostic printer = new CborDiagnostic(item.bytes());
        printer.print();
        return printer.out.toString();
    }

    private void print() {
        item();
        while (!open.isEmpty()) {
            Container container = open.element();
            if (ends(container)) {
                open.remove();
                out.append(container.close);
            } else {
                out.append(container.separatorOfNext());
                item();
            }
        }
    }

    private boolean ends(Container container) {
        if (!container.indefinite) {
            return container.printed == container.count;
        }
        if ((bytes[position] & 0xFF) != Heads.BREAK) {
            return false;
        }
        position++;
        return true;
    }

    /** Prints a complete item, or only the beginning of a container. */
    private void item() {
        int initial = bytes[position] & 0xFF;
        long argument = Heads.argument(bytes, position);
        boolean indefinite = Heads.isIndefinite(initial);
        position += Heads.length(initial);
        switch (Heads.major(initial)) {
            case Heads.UNSIGNED -> out.append(Long.toUnsignedString(argument));
            case Heads.NEGATIVE -> out.append(negative(argument));
            case Heads.BYTES -> {
                if (indefinite) {
                    pieces("''_");
                } else {
                    out.append("h'")
                            .append(HexFormat.of().formatHex(content(argument)))
                            .append('\'');
                }
            }
            case Heads.TEXT -> {
                if (indefinite) {
                    pieces("\"\"_");
                } else {
                    quote(new String(content(argument), StandardCharsets.UTF_8));
                }
            }
            case Heads.ARRAY -> open(indefinite ? "[_ " : "[", "]", argument, indefinite, false);
            case Heads.MAP -> open(indefinite ? "{_ " : "{", "}", argument * 2, indefinite, true);
            case Heads.TAG -> open(Long.toUnsignedString(argument) + "(", ")", 1, false, false);
            default -> simple(initial, argument);
        }
    }

    private void open(String text, String close, long count, boolean indefinite, boolean map) {
        out.append(text);
        open.push(new Container(close, count, indefinite, map));
    }

    /**
     * An indefinite-length string without chunks would not show its type, so it has a special notation (RFC 8949
     * section 8.1).
     */
    private void pieces(String none) {
        if ((bytes[position] & 0xFF) == Heads.BREAK) {
            position++;
            out.append(none);
        } else {
            open("(_ ", ")", 0, true, false);
        }
    }

    private byte[] content(long length) {
        byte[] content = Arrays.copyOfRange(bytes, position, position + (int) length);
        position += content.length;
        return content;
    }

    private static String negative(long argument) {
        return argument >= 0
                ? Long.toString(~argument)
                : new BigInteger(Long.toUnsignedString(argument)).not().toString();
    }

    private void simple(int initial, long argument) {
        switch (Heads.info(initial)) {
            case 20 -> out.append("false");
            case 21 -> out.append("true");
            case 22 -> out.append("null");
            case 23 -> out.append("undefined");
            case 25 -> out.append(Floats.print(Floats.halfToDouble((int) argument)));
            case 26 -> out.append(Floats.print(Float.intBitsToFloat((int) argument)));
            case 27 -> out.append(Floats.print(Double.longBitsToDouble(argument)));
            default -> out.append("simple(").append(argument).append(')');
        }
    }

    /** Quotes text as JSON does (RFC 8259 section 7), and leaves printable characters beyond ASCII unchanged. */
    private void quote(String text) {
        out.append('"');
        text.codePoints().forEach(point -> {
            switch (point) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> PrintableText.append(out, point);
            }
        });
        out.append('"');
    }

    /** A container whose printing has not finished. */
    private static final class Container {
        private final String close;
        private final long count;
        private final boolean indefinite;
        private final boolean map;
        private long printed;

        Container(String close, long count, boolean indefinite, boolean map) {
            this.close = close;
            this.count = count;
            this.indefinite = indefinite;
            this.map = map;
        }

        /** {@return the separator before the next item in it} */
        String separatorOfNext() {
            boolean first = printed == 0;
            boolean value = map && printed % 2 == 1;
            printed++;
            return first ? "" : value ? ": " : ", ";
        }
    }
}
