package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CborDiagnosticTest {
    @ParameterizedTest
    @MethodSource("appendixA")
    void printsEveryExample(Rfc8949.Example example) {
        assertThat(print(example.hex())).isEqualTo(example.diagnostic());
    }

    @ParameterizedTest
    @MethodSource("printsWhatTheExamplesLack")
    void printsItemsThatTheExamplesOfTheRfcLack(String hex, String diagnostic) {
        assertThat(print(hex)).isEqualTo(diagnostic);
    }

    static Stream<Arguments> printsWhatTheExamplesLack() {
        return Stream.of(
                Arguments.of("5fff", "''_"),
                Arguments.of("7fff", "\"\"_"),
                Arguments.of("5f40ff", "(_ h'')"),
                Arguments.of("bfff", "{_ }"),
                Arguments.of("bf01a0ff", "{_ 1: {}}"),
                Arguments.of("a2820102030405", "{[1, 2]: 3, 4: 5}"),
                Arguments.of("e0", "simple(0)"),
                Arguments.of("f820", "simple(32)"),
                Arguments.of("1900ff", "255"),
                Arguments.of("db8000000000000000f6", "9223372036854775808(null)"),
                Arguments.of("3b7fffffffffffffff", "-9223372036854775808"),
                Arguments.of("3b8000000000000000", "-9223372036854775809"),
                Arguments.of("f9fe01", "NaN"),
                Arguments.of("f983ff", "-0.00006097555160522461"),
                Arguments.of("fb0000000000000001", "5.0e-324"),
                Arguments.of("fb444b1ae4d6e2ef50", "1.0e+21"),
                Arguments.of("fb4415af1d78b58c40", "100000000000000000000.0"),
                Arguments.of("fb3eb0c6f7a0b5ed8d", "0.000001"),
                Arguments.of("fb3e7ad7f29abcaf48", "1.0e-7"),
                Arguments.of("660a0d09001f7f", "\"\\n\\r\\t\\u0000\\u001f\\u007f\""),
                Arguments.of("62c328", "\"\uFFFD(\""));
    }

    @Test
    void aDeepItemDoesNotOverflowTheStack() {
        byte[] deep = new byte[200_000];
        Arrays.fill(deep, (byte) 0x81);
        deep[deep.length - 1] = 0;
        String printed = CborDiagnostic.print(CborItem.wrap(deep, 0, deep.length));
        assertThat(printed).startsWith("[[[").endsWith("]]]").hasSize(2 * (deep.length - 1) + 1);
    }

    private static String print(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return CborDiagnostic.print(CborItem.wrap(bytes, 0, bytes.length));
    }

    static Stream<Rfc8949.Example> appendixA() {
        return Rfc8949.appendixA();
    }
}
