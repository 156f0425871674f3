package io.grasp.samples;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.model.SessionId;
import io.grasp.samples.node.QuadsOptions;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import io.grasp.substrate.netty.quads.QuadsCipher;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.grasp.substrate.netty.quads.QuadsReader;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Decodes messages. */
@Command(name = "decode", description = "Prints messages in CBOR diagnostic notation; exits with 1 if any is invalid.")
final class DecodeCommand implements Callable<Integer> {
    /** Enough for pasted text; the limits of a node do not apply here. */
    private static final CborLimits LIMITS = CborLimits.DEFAULT.withMaxBytes(1 << 20);

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "HEX",
            description = "Messages in hexadecimal, one or several each; - reads lines from stdin.")
    private List<String> messages = List.of();

    @Mixin
    private QuadsOptions quads = new QuadsOptions();

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    private @Nullable QuadsCipher cipher;
    private @Nullable ErrorOutput errors;
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
        for (String message : messages) {
            if (message.equals("-")) {
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        decode(line, output);
                    }
                }
            } else {
                decode(message, output);
            }
        }
        return failed ? 1 : 0;
    }

    private void decode(String hex, Output output) {
        number++;
        String digits = hex.replaceAll("[\\s:]", "");
        OptionalInt wrong = digits.chars().filter(c -> !HexFormat.isHexDigit(c)).findFirst();
        if (wrong.isPresent()) {
            fail(output, "'" + Character.toString(wrong.getAsInt()) + "' is not a hexadecimal digit", null);
            return;
        }
        if (digits.length() % 2 != 0) {
            fail(output, "an odd number of hexadecimal digits: " + digits.length(), null);
            return;
        }
        byte[] bytes = HexFormat.of().parseHex(digits);
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
            output.result(
                    new Decoded(type, sessionOf(message), diagnostic, encoded.length),
                    type + ", " + encoded.length + " bytes: " + diagnostic);
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
            boolean several = messages.size() > 1 || messages.get(0).equals("-");
            errors.error((several ? "message " + number + ": " : "") + error);
        }
    }

    private record Decoded(String type, @Nullable Long sessionId, String diagnostic, int bytes) {}

    private record Undecodable(String error, @Nullable Integer offset) {}
}
