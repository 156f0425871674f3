package io.grasp.cbor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;

/** The examples of RFC 8949, from the resource files that hold them. */
final class Rfc8949 {
    private Rfc8949() {}

    /** Appendix A. */
    record Example(String hex, String diagnostic) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    /** Appendix F. */
    record NotWellFormed(CborException.Reason reason, String hex) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    static Stream<Example> appendixA() {
        return lines("/rfc8949/appendix-a.txt").map(columns -> new Example(columns[0], columns[1]));
    }

    static Stream<NotWellFormed> appendixF() {
        return lines("/rfc8949/appendix-f.txt")
                .map(columns -> new NotWellFormed(CborException.Reason.valueOf(columns[0]), columns[1]));
    }

    private static Stream<String[]> lines(String resource) {
        try (InputStream in = Objects.requireNonNull(Rfc8949.class.getResourceAsStream(resource), resource);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
