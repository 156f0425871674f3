package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.wire.Vectors;
import io.grasp.wire.Vectors.Kind;
import io.grasp.wire.Vectors.Vector;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** {@code decode}. */
class DecodeCommandTest {
    private static final String FLOOD = "84091a00357b4e5020010db8f000baaa28ccdc4c97036781192710";
    private static final String END = "83061a00d4d748811865";

    static List<Vector> messages() {
        return Vectors.of(Kind.MESSAGE);
    }

    static List<Vector> malformed() {
        return Vectors.of(Kind.MALFORMED);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void printsMessagesInDiagnosticNotation(Vector vector) {
        Cli.Run run = Cli.run("decode", "--json", vector.hex());

        JsonNode line = run.onlyJson();
        assertThat(run.code()).isZero();
        assertThat(line.propertyNames()).containsExactly("type", "sessionId", "diagnostic", "bytes");
        assertThat(line.get("diagnostic").asString()).isEqualTo(vector.diagnostic());
        assertThat(line.get("bytes").intValue()).isEqualTo(vector.bytes().length);
        assertThat(line.get("type").asString()).matches("M_[A-Z_]+|M_\\d+");
        String session = vector.diagnostic().replaceAll("^\\[\\d+(, (\\d+))?.*", "$2");
        assertThat(line.get("sessionId").asString("")).isEqualTo(session);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void printsAnErrorWithAnOffsetForAMalformedMessage(Vector vector) {
        Cli.Run run = Cli.run("decode", "--json", vector.hex());

        assertThat(run.code()).isEqualTo(1);
        List<JsonNode> lines = run.json(); // a good message may stand before the bad one
        assertThat(lines.get(lines.size() - 1).propertyNames()).containsExactly("error", "offset");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, 'not a GRASP message: the item is cut off, at byte 0'",
        "83061a00d4d74881, 8, 'not a valid M_END: the item is cut off, at byte 8'",
        "a0, 0, 'not a GRASP message: an item of another type was expected, at byte 0'",
        "83061a00d4d748fc, 7, 'not a valid M_END: not well-formed CBOR, at byte 7'",
        "9b00000000ffffffff, 0, 'not a GRASP message: more items than the limit, at byte 0'"
    })
    void printsTheExactReasonAndOffsetOfAnError(String hex, int offset, String error) {
        JsonNode line = Cli.run("decode", "--json", hex).onlyJson();

        assertThat(line.get("error").asString()).isEqualTo(error);
        assertThat(line.get("offset").intValue()).isEqualTo(offset);
    }

    @Test
    void everyTruncatedMessageIsAnErrorWithAnOffset() {
        for (Vector vector : messages()) {
            List<String> args = new ArrayList<>(List.of("decode", "--json"));
            for (int end = 0; end < vector.hex().length(); end += 2) {
                args.add(vector.hex().substring(0, end));
            }

            Cli.Run run = Cli.run(args.toArray(String[]::new));

            assertThat(run.code()).isEqualTo(1);
            List<JsonNode> lines = run.json();
            assertThat(lines).hasSize(args.size() - 2);
            for (int bytes = 0; bytes < lines.size(); bytes++) {
                assertThat(lines.get(bytes).get("offset").intValue())
                        .as("%s cut to %d bytes", vector, bytes)
                        .isBetween(0, bytes);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "xyz, 'x' is not a hexadecimal digit",
                "83061, an odd number of hexadecimal digits: 5",
                "83 0g, 'g' is not a hexadecimal digit",
                "é, 'é' is not a hexadecimal digit",
                "0x83061a00d4d748811865, 'x' is not a hexadecimal digit",
            })
    void textThatIsNotHexadecimalIsAnErrorWithoutAnOffset(String hex, String why) {
        Cli.Run run = Cli.run("decode", "--json", hex);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.onlyJson().propertyNames()).containsExactly("error", "offset");
        assertThat(run.onlyJson().get("error").asString()).isEqualTo(why);
        assertThat(run.onlyJson().get("offset").isNull()).isTrue();
    }

    @Test
    void decodesAllMessagesOfASegment() {
        Cli.Run run = Cli.run("decode", END + "8100" + END);

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .containsExactly(
                        "M_END, 10 bytes: [6, 13948744, [101]]",
                        "M_NOOP, 2 bytes: [0]",
                        "M_END, 10 bytes: [6, 13948744, [101]]");
        assertThat(Cli.run("decode", "--json", END + END).json())
                .extracting(line -> line.get("bytes").intValue())
                .containsExactly(10, 10);
    }

    @ParameterizedTest
    @CsvSource({
        "ff, 10, 'not a GRASP message: not well-formed CBOR, at byte 0 of the message that begins at byte 10'",
        "83061a00, 14, 'not a valid M_END: the item is cut off, at byte 4 of the message that begins at byte 10'",
        "00, 10, 'not a GRASP message: an item of another type was expected, at byte 0 of the message that begins at byte 10'",
    })
    void aMessageIsPrintedAlthoughInvalidBytesFollowIt(String more, int offset, String error) {
        Cli.Run run = Cli.run("decode", "--json", END + more);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json()).hasSize(2);
        assertThat(run.json().get(0).get("type").asString()).isEqualTo("M_END");
        assertThat(run.json().get(1).get("offset").intValue()).isEqualTo(offset);
        assertThat(run.json().get(1).get("error").asString()).isEqualTo(error);
    }

    @Test
    void anItemThatIsNoMessageIsReportedAndTheNextOneIsPrinted() {
        Cli.Run run = Cli.run("decode", "a0" + END);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).containsExactly("M_END, 10 bytes: [6, 13948744, [101]]");
        assertThat(run.err()).singleElement().asString().startsWith("grasp: not a GRASP message: ");
    }

    @Test
    void laterArgumentsAreDecodedAfterAnError() {
        Cli.Run run = Cli.run("decode", FLOOD, "zz", END);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(0)).startsWith("grasp: message 1: not a valid M_FLOOD: ");
        assertThat(run.err().get(1)).isEqualTo("grasp: message 2: 'z' is not a hexadecimal digit");
        assertThat(run.out()).containsExactly("M_END, 10 bytes: [6, 13948744, [101]]");
    }

    @Test
    void readsLinesFromStandardInput() {
        Cli.Run run = withInput(
                "\n" + END.toUpperCase(Locale.ROOT) + "\r\n\n  83:06 1a00d4d748\t811865  \n00",
                "decode",
                END,
                "-",
                "8100");

        assertThat(run.out())
                .containsExactly(
                        "M_END, 10 bytes: [6, 13948744, [101]]",
                        "M_END, 10 bytes: [6, 13948744, [101]]",
                        "M_END, 10 bytes: [6, 13948744, [101]]",
                        "M_NOOP, 2 bytes: [0]");
        assertThat(run.err())
                .containsExactly(
                        "grasp: message 4: not a GRASP message: an item of another type was expected, at byte 0");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void emptyInputPrintsNothingAndSucceeds() {
        assertThat(withInput("", "decode", "-")).isEqualTo(new Cli.Run(0, List.of(), List.of()));
    }

    @Test
    void aMessageOfAnUnknownTypeIsPrintedWithItsNumber() {
        JsonNode line = Cli.run("decode", "--json", "8318370563c3a971").onlyJson();

        assertThat(line.toString())
                .isEqualTo("{\"type\":\"M_55\",\"sessionId\":5,\"diagnostic\":\"[55, 5, \\\"éq\\\"]\",\"bytes\":8}");
    }

    private static Cli.Run withInput(String input, String... args) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return Cli.run(args);
        } finally {
            System.setIn(before);
        }
    }
}
