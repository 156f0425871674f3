package io.grasp.samples;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.samples.node.QuadsOptions;
import io.grasp.samples.text.Documents;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import io.grasp.substrate.netty.quads.QuadsCipher;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.grasp.substrate.netty.quads.QuadsReader;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Decodes messages. */
@Command(name = "decode", description = "Prints messages in CBOR diagnostic notation; exits with 1 if any is invalid.")
final class DecodeCommand implements Callable<Integer> {
    /** Enough for pasted text; the limits of a node do not apply here. */
    private static final CborLimits LIMITS = CborLimits.DEFAULT.withMaxBytes(1 << 20);

    private static final List<String> FLAGS = List.of("F_DISC", "F_NEG", "F_SYNCH", "F_NEG_DRY");

    /** 0x before a number, not in it. */
    private static final Pattern PREFIX = Pattern.compile("(?<![\\p{Alnum}])0[xX]");

    private static final Pattern GROUP = Pattern.compile("(0[xX])?\\p{XDigit}{1,8},?");

    /** Not the bytes of messages, because the first one of a message is not ASCII. */
    private static final Pattern ASCII = Pattern.compile("[\\p{Print}\\s]*");

    /** The first bytes of files of libpcap, in either byte order and with either unit of time, and of pcapng. */
    private static final Pattern CAPTURE = Pattern.compile(
            "\\xA1\\xB2[\\x3C\\xC3][\\x4D\\xD4]|[\\x4D\\xD4][\\x3C\\xC3]\\xB2\\xA1|\\x0A\\x0D\\x0D\\x0A");

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "HEX",
            description = "Messages in hexadecimal, one or several each, with or without 0x, spaces, colons and commas;"
                    + " - reads lines from stdin. Groups of at most 8 digits are one argument.")
    private List<String> messages = List.of();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Decode a file: lines in hexadecimal, or the bytes of messages. Can be repeated.")
    private List<Path> files = List.of();

    @Mixin
    private QuadsOptions quads = new QuadsOptions();

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    private @Nullable QuadsCipher cipher;
    private @Nullable ErrorOutput errors;
    private boolean several;
    private int number;
    private boolean failed;

    DecodeCommand() {}

    @Override
    public Integer call() throws IOException {
        if (spec == null) {
            throw new IllegalStateException("not a command");
        }
        QuadsKey key = quads.key();
        cipher = key == null ? null : new QuadsCipher(key);
        Output output = new Output(spec.commandLine().getOut(), json);
        errors = new ErrorOutput(spec.commandLine().getErr());
        if (messages.isEmpty() && files.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'HEX' or '--file'");
        }
        several = messages.size() + files.size() > 1 || messages.contains("-") || !files.isEmpty();
        for (String message : isOneDump(messages) ? List.of(String.join(" ", messages)) : messages) {
            if (message.equals("-")) {
                decodeLines(new InputStreamReader(System.in, StandardCharsets.UTF_8), output);
            } else {
                decode(message, output);
            }
        }
        for (Path file : files) {
            decode(file, output);
        }
        return failed ? 1 : 0;
    }

    /** Whether the arguments are the bytes of a dump, which the shell has split at its spaces. */
    private static boolean isOneDump(List<String> messages) {
        return messages.size() > 1
                && messages.stream().allMatch(message -> GROUP.matcher(message).matches());
    }

    private void decodeLines(Reader in, Output output) throws IOException {
        BufferedReader lines = new BufferedReader(in);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                decode(line, output);
            }
        }
    }

    private void decode(Path file, Output output) throws IOException {
        byte[] content = quads.read("--file", file, () -> {
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(LIMITS.maxBytes() + 1);
            }
        });
        if (content.length > LIMITS.maxBytes()) {
            throw quads.wrong("--file: " + file + " is longer than " + LIMITS.maxBytes() + " bytes");
        }
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (CAPTURE.matcher(text).lookingAt()) {
            throw quads.wrong("--file: " + file + " is a capture: read it with Wireshark or tshark, and "
                    + Documents.path("tools/wireshark/grasp.lua"));
        }
        if (ASCII.matcher(text).matches()) {
            decodeLines(new StringReader(text), output);
        } else {
            number++;
            decode(content, output);
        }
    }

    private void decode(String hex, Output output) {
        number++;
        String digits = PREFIX.matcher(hex).replaceAll("").replaceAll("[\\s:,]", "");
        OptionalInt wrong =
                digits.codePoints().filter(c -> !HexFormat.isHexDigit(c)).findFirst();
        if (wrong.isPresent()) {
            fail(output, "'" + Character.toString(wrong.getAsInt()) + "' is not a hexadecimal digit", null);
        } else if (digits.length() % 2 != 0) {
            fail(output, "an odd number of hexadecimal digits: " + digits.length(), null);
        } else {
            decode(HexFormat.of().parseHex(digits), output);
        }
    }

    private void decode(byte[] received, Output output) {
        byte[] bytes = received;
        if (cipher != null) {
            QuadsReader reader = cipher.newReader();
            bytes = reader.read(bytes);
            reader.end();
            if (reader.failure() != null) {
                fail(output, "not encrypted with this QUADS key", null);
                return;
            }
        }
        int position = 0;
        do { // empty input is not a message either
            position += decode(bytes, position, output);
        } while (position < bytes.length);
    }

    /**
     * Decodes the message that begins at a position; others may follow, as in a TCP segment.
     *
     * @return the number of bytes read: all remaining bytes if they are not an item
     */
    private int decode(byte[] bytes, int position, Output output) {
        byte[] encoded = itemAt(bytes, position);
        try {
            GraspMessage message = new MessageDecoder(LIMITS).decode(encoded);
            String diagnostic = CborItem.of(encoded).diagnostic();
            String type = MessageType.name(message.type());
            List<Flags> flags = objectivesOf(message).stream()
                    .map(objective -> new Flags(objective.name(), flagsOf(objective)))
                    .toList();
            output.result(
                    new Decoded(type, sessionOf(message), diagnostic, encoded.length, flags),
                    type + ", " + encoded.length + " bytes: " + diagnostic
                            + flags.stream().map(Flags::words).collect(Collectors.joining()));
        } catch (MalformedMessageException e) {
            fail(output, located(e, position), position + e.offset());
        } catch (CborException e) {
            fail(output, located(e, position), position + e.offset());
        }
        return encoded.length;
    }

    /**
     * {@return the item that begins at a position, or all remaining bytes if there is none; the decoder then reports
     * why}
     */
    private static byte[] itemAt(byte[] bytes, int position) {
        try {
            return new CborReader(bytes, position, bytes.length - position, LIMITS)
                    .readItem()
                    .bytes();
        } catch (CborException e) {
            return Arrays.copyOfRange(bytes, position, bytes.length);
        }
    }

    /** The offset in a message is counted from its own beginning. */
    private static String located(Exception failure, int position) {
        String error = Failures.oneLine(failure);
        return position == 0 ? error : error + " of the message that begins at byte " + position;
    }

    private static @Nullable Long sessionOf(GraspMessage message) {
        SessionId session = message.session();
        return session == null ? null : session.value();
    }

    private void fail(Output output, String error, @Nullable Integer offset) {
        failed = true;
        output.record(new Undecodable(error, offset));
        if (errors != null && !json) {
            errors.error((several ? "message " + number + ": " : "") + error);
        }
    }

    private static List<Objective> objectivesOf(GraspMessage message) {
        if (message instanceof Flood flood) {
            return flood.objectives().stream().map(TaggedObjective::objective).toList();
        }
        Objective objective = message.objective();
        return objective == null ? List.of() : List.of(objective);
    }

    /** The names in RFC 8990 section 2.10.2. Bits without a name are one hexadecimal number. */
    private static List<String> flagsOf(Objective objective) {
        List<String> names = new ArrayList<>();
        long unknown = Integer.toUnsignedLong(objective.flags());
        for (int i = 0; i < FLAGS.size(); i++) {
            if ((objective.flags() & 1 << i) != 0) {
                names.add(FLAGS.get(i));
            }
            unknown &= ~(1L << i);
        }
        if (unknown != 0) {
            names.add("0x" + Long.toHexString(unknown));
        }
        return names;
    }

    private record Decoded(
            String type, @Nullable Long sessionId, String diagnostic, int bytes, List<Flags> objectives) {}

    private record Flags(String name, List<String> flags) {
        String words() {
            return "; " + name + ": " + (flags.isEmpty() ? "no flags" : String.join(" ", flags));
        }
    }

    private record Undecodable(String error, @Nullable Integer offset) {}
}
