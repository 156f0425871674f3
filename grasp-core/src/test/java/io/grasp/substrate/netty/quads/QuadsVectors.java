package io.grasp.substrate.netty.quads;

import io.grasp.wire.Vectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The messages that graspy's own functions have encrypted, and those of {@code rfc.jsonl}. */
final class QuadsVectors {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PARAMETERS = Pattern.compile(".*h'([0-9a-f]+)'; key ([0-9a-f]+) iv ([0-9a-f]+) .*");

    private QuadsVectors() {}

    /** A message, its ciphertext, and the password that gives the key, if there is one. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Vector(String name, String password, byte[] key, byte[] iv, byte[] plain, byte[] cipher) {
        QuadsKey quadsKey() {
            return QuadsKey.of(key, iv);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Vector> all() throws IOException {
        try (InputStream in = Objects.requireNonNull(QuadsVectors.class.getResourceAsStream("/vectors/quads.jsonl"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            Stream<Vector> graspys = lines.lines().map(JSON::readTree).map(QuadsVectors::vector).toList().stream();
            Stream<Vector> computed =
                    Vectors.of(Vectors.Kind.CIPHERTEXT).stream().map(QuadsVectors::vector);
            return Stream.concat(graspys, computed).toList();
        }
    }

    private static Vector vector(JsonNode line) {
        JsonNode password = line.path("password");
        return new Vector(
                line.get("name").asString(),
                password.isString() ? password.asString() : null,
                hex(line.get("key").asString()),
                hex(line.get("iv").asString()),
                hex(line.get("plain").asString()),
                hex(line.get("cipher").asString()));
    }

    private static Vector vector(Vectors.Vector vector) {
        Matcher parameters = PARAMETERS.matcher(vector.diagnostic());
        if (!parameters.matches()) {
            throw new AssertionError(vector.diagnostic());
        }
        return new Vector(
                vector.description(),
                "test",
                hex(parameters.group(2)),
                hex(parameters.group(3)),
                hex(parameters.group(1)),
                vector.bytes());
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
