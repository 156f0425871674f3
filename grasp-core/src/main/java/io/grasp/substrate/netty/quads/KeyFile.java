package io.grasp.substrate.netty.quads;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of graspy's key file: {@code key=b'...'} and {@code iv=b'...'}, each bytes as Python prints them. */
final class KeyFile {
    private static final Pattern ASSIGNMENT = Pattern.compile("(key|iv)\\s*=\\s*(.*)");
    private static final String NO_KEY = "'No key'";
    private static final int PRINTABLE_FROM = 0x20;
    private static final int PRINTABLE_TO = 0x7E;

    private KeyFile() {}

    static QuadsKey parse(String text, String file) throws QuadsException {
        byte[] key = null;
        byte[] iv = null;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String content = line.stripTrailing();
            if (content.isEmpty() || content.startsWith("#")) {
                continue;
            }
            Matcher assignment = ASSIGNMENT.matcher(content);
            String at = file + ", line " + number + ": ";
            if (!assignment.matches()) {
                throw new QuadsException(at + "not an assignment of key or iv");
            }
            String value = assignment.group(2);
            if (value.replace('"', '\'').startsWith(NO_KEY)) {
                throw new QuadsException(at + "the file says that there is no key");
            }
            byte[] bytes = new Literal(value)
                    .read()
                    .orElseThrow(() -> new QuadsException(at + "not a bytes literal of Python, such as b'\\x00'"));
            if (assignment.group(1).equals("key")) {
                key = required(bytes, QuadsKey.KEY_BYTES, at);
            } else {
                iv = required(bytes, QuadsKey.IV_BYTES, at);
            }
        }
        return QuadsKey.of(assigned(key, "key", file), assigned(iv, "iv", file));
    }

    private static byte[] required(byte[] bytes, int length, String at) throws QuadsException {
        if (bytes.length != length) {
            throw new QuadsException(at + bytes.length + " bytes, must be " + length);
        }
        return bytes;
    }

    private static byte[] assigned(byte @Nullable [] bytes, String name, String file) throws QuadsException {
        if (bytes == null) {
            throw new QuadsException(file + " is not a QUADS key file: it does not assign " + name);
        }
        return bytes;
    }

    static String print(QuadsKey key) {
        return "key=" + print(key.key()) + "\niv=" + print(key.iv()) + "\n";
    }

    /** As Python's {@code str(bytes)}. */
    private static String print(byte[] bytes) {
        boolean single = false;
        boolean dual = false;
        for (byte each : bytes) {
            single |= each == '\'';
            dual |= each == '"';
        }
        char quote = single && !dual ? '"' : '\'';
        StringBuilder text = new StringBuilder("b").append(quote);
        for (byte each : bytes) {
            switch (each) {
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (each == quote) {
                        text.append('\\').append(quote);
                    } else if (each >= PRINTABLE_FROM && each <= PRINTABLE_TO) {
                        text.append((char) each);
                    } else {
                        text.append(String.format("\\x%02x", each));
                    }
                }
            }
        }
        return text.append(quote).toString();
    }

    /** A bytes literal of Python on one line, with its escapes; a comment may follow. */
    private static final class Literal {
        private final String text;
        private int position;

        Literal(String text) {
            this.text = text;
        }

        /** {@return its bytes, or nothing if it is not one} */
        Optional<byte[]> read() {
            if (text.length() < 3 || next() != 'b') {
                return Optional.empty();
            }
            char quote = next();
            if (quote != '\'' && quote != '"') {
                return Optional.empty();
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (position < text.length()) {
                char each = next();
                if (each == quote) {
                    String rest = text.substring(position).strip();
                    return rest.isEmpty() || rest.startsWith("#") ? Optional.of(bytes.toByteArray()) : Optional.empty();
                }
                int value = each == '\\' ? escaped() : each;
                if (value < 0 || value > PRINTABLE_TO && each != '\\') {
                    return Optional.empty();
                }
                bytes.write(value);
            }
            return Optional.empty();
        }

        private char next() {
            return text.charAt(position++);
        }

        /** {@return the value of an escape, -1 if there is none} */
        private int escaped() {
            if (position == text.length()) {
                return -1;
            }
            char each = next();
            return switch (each) {
                case '\\', '\'', '"' -> each;
                case 'a' -> 0x07;
                case 'b' -> '\b';
                case 't' -> '\t';
                case 'n' -> '\n';
                case 'v' -> 0x0B;
                case 'f' -> '\f';
                case 'r' -> '\r';
                case 'x' -> number(16, 2, 2);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    position--;
                    yield number(8, 1, 3);
                }
                default -> -1;
            };
        }

        private int number(int radix, int atLeast, int atMost) {
            int value = 0;
            int digits = 0;
            for (; digits < atMost && position < text.length(); digits++, position++) {
                int digit = Character.digit(text.charAt(position), radix);
                if (digit < 0) {
                    break;
                }
                value = value * radix + digit;
            }
            return digits < atLeast || value > 0xFF ? -1 : value;
        }
    }
}
