package io.grasp.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden messages: from the RFCs, built by their CDDL, and recorded from another implementation. */
public final class Vectors {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern ESCAPED = Pattern.compile("\\\\u([0-9a-f]{4})");

    private Vectors() {}

    /** The purpose of a vector. */
    public enum Kind {
        /** Decodes to its diagnostic notation; encoding gives the same bytes. */
        MESSAGE,
        /** Well-formed CBOR that a receiver must reject or ignore in part, or that no node may send. */
        NEGATIVE,
        /** Truncated. */
        MALFORMED,
        /** Encrypted: noise. */
        CIPHERTEXT
    }

    /**
     * A vector.
     *
     * @param kind its purpose
     * @param description its origin and content
     * @param hex its bytes
     * @param diagnostic its diagnostic notation
     */
    public record Vector(Kind kind, String description, String hex, String diagnostic) {
        /** {@return the bytes} */
        public byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public String toString() {
            return description + ": " + diagnostic;
        }
    }

    /** {@return an exchange between two nodes with graspy's pfxm3.py: an origin and a delegator, in the order of time} */
    public static List<Vector> prefixes() {
        return read("graspy-prefixes.jsonl").toList();
    }

    /** {@return the others} */
    public static List<Vector> all() {
        return Stream.of("rfc.jsonl", "graspy-two-hop.jsonl")
                .flatMap(Vectors::read)
                .toList();
    }

    /**
     * The vectors of a kind.
     *
     * @param kind the kind
     * @return its vectors
     */
    public static List<Vector> of(Kind kind) {
        return all().stream().filter(vector -> vector.kind() == kind).toList();
    }

    private static Stream<Vector> read(String file) {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + file), file);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().map(JSON::readTree).map(Vectors::vector).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vector vector(JsonNode line) {
        return new Vector(
                Kind.valueOf(line.get("kind").asString().toUpperCase(Locale.ROOT)),
                (line.get("source").asString() + " " + line.get("description").asString()).trim(),
                line.get("hex").asString(),
                unescape(line.get("diagnostic").asString()));
    }

    /** The notation allows either form; this project prints non-ASCII characters unchanged. */
    private static String unescape(String diagnostic) {
        return ESCAPED.matcher(diagnostic)
                .replaceAll(escape -> Character.toString(Integer.parseInt(escape.group(1), 16)));
    }
}
