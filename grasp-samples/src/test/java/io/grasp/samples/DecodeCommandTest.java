package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.wire.Vectors;
import io.grasp.wire.Vectors.Kind;
import io.grasp.wire.Vectors.Vector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.cbor.CBORMapper;

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
        assertThat(line.propertyNames()).containsExactly("type", "sessionId", "diagnostic", "bytes", "objectives");
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
                "830x06, 'x' is not a hexadecimal digit",
                "0x0x83, 'x' is not a hexadecimal digit",
                "𝟘0, '𝟘' is not a hexadecimal digit",
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
    void acceptsWhatOtherToolsPrint() {
        String end = "M_END, 10 bytes: [6, 13948744, [101]]";
        String[][] forms = {
            {"0x83061A00D4D748811865"},
            {"0x83, 0x06, 0x1a, 0x00, 0xd4, 0xd7, 0x48, 0x81, 0x18, 0x65"},
            {" 83:06:1a:00 d4d7\n48811865 "},
            {"83", "06", "1a", "00", "d4", "d7", "48", "81", "18", "65"},
            {"83061a00", "d4d74881", "1865"},
            {"0x83,", "0x06,", "0x1a,", "0x00,", "0xd4d74881,", "0x1865"},
        };
        for (String[] form : forms) {
            List<String> arguments = new ArrayList<>(List.of("decode"));
            arguments.addAll(List.of(form));
            assertThat(Cli.run(arguments.toArray(String[]::new)))
                    .as("%s", arguments)
                    .isEqualTo(new Cli.Run(0, List.of(end), List.of()));
        }
    }

    @Test
    void namesTheFlagsOfEachObjective() {
        byte[] address = new byte[4];
        List<Object> place = List.of(104, address, 6, 443);
        String flood = hex(
                9,
                7,
                address,
                1000,
                List.of(List.of("EX1", 5, 6, 1), List.of()),
                List.of(List.of("EX2", 0, 6, 1), place));
        String request = hex(3, 7, List.of("a b", 27, 6, 1));
        String response = hex(2, 7, address, 1000, place, List.of("EX3", 2, 6));

        Cli.Run run = Cli.run("decode", flood, request, response);

        assertThat(run.out())
                .extracting(line -> line.replaceFirst(".*\\]; ", ""))
                .containsExactly(
                        "EX1: F_DISC F_SYNCH; EX2: no flags", "a b: F_DISC F_NEG F_NEG_DRY 0x10", "EX3: F_NEG");
        assertThat(Cli.run("decode", "--json", flood)
                        .onlyJson()
                        .get("objectives")
                        .toString())
                .isEqualTo("[{\"name\":\"EX1\",\"flags\":[\"F_DISC\",\"F_SYNCH\"]},{\"name\":\"EX2\",\"flags\":[]}]");
    }

    private static String hex(Object... elements) {
        return HexFormat.of().formatHex(new CBORMapper().writeValueAsBytes(elements));
    }

    @Test
    void readsFilesOfLinesOrOfBytes(@TempDir Path directory) throws IOException {
        Path lines = Files.writeString(directory.resolve("lines"), "0x8100\n\n" + END + "\r\n8100" + END + "\n");
        Path bytes = Files.write(directory.resolve("bytes"), HexFormat.of().parseHex("8100" + END));
        Path encrypted = Files.write(
                directory.resolve("encrypted"), HexFormat.of().parseHex("26c4bb7cf742ff3c7fef4d84338910e4"));
        Path password = Files.writeString(directory.resolve("password"), "graspy\n");
        String noop = "M_NOOP, 2 bytes: [0]";
        String end = "M_END, 10 bytes: [6, 13948744, [101]]";

        assertThat(Cli.run("decode", END, "--file", lines.toString(), "--file", bytes.toString()))
                .isEqualTo(new Cli.Run(0, List.of(end, noop, end, noop, end, noop, end), List.of()));
        assertThat(Cli.run("decode", "--file", encrypted.toString(), "--quads-password-file", password.toString()))
                .isEqualTo(new Cli.Run(0, List.of(noop), List.of()));
    }

    @Test
    void refusesFilesThatHaveNoMessages(@TempDir Path directory) throws IOException {
        Path none = directory.resolve("none");
        Path empty = Files.createFile(directory.resolve("empty"));
        Path large = Files.write(directory.resolve("large"), new byte[(1 << 20) + 1]);
        Path capture = Files.write(directory.resolve("capture"), HexFormat.of().parseHex("0a0d0d0a00"));
        Map<Path, String> errors = Map.of(
                none, "there is no file " + none,
                directory, "cannot read " + directory + ": Is a directory",
                large, large + " is longer than 1048576 bytes",
                capture, capture + " is a capture: read it with Wireshark or tshark, and tools/wireshark/grasp.lua");

        errors.forEach((file, error) -> {
            Cli.Run run = Cli.run("decode", "--file", file.toString());
            assertThat(run.err().get(0)).isEqualTo("grasp: --file: " + error);
            assertThat(run.code()).isEqualTo(2);
        });
        Path text = Files.writeString(directory.resolve("text"), "8100\nhello\n");
        assertThat(Cli.run("decode", "--file", text.toString()))
                .isEqualTo(new Cli.Run(
                        1,
                        List.of("M_NOOP, 2 bytes: [0]"),
                        List.of("grasp: message 2: 'h' is not a hexadecimal digit")));
        assertThat(Cli.run("decode", "--file", empty.toString())).isEqualTo(new Cli.Run(0, List.of(), List.of()));
        assertThat(Cli.run("decode").err().get(0)).isEqualTo("grasp: Missing required parameter: 'HEX' or '--file'");
        assertThat(Cli.run("decode").code()).isEqualTo(2);
    }

    @Test
    void emptyInputPrintsNothingAndSucceeds() {
        assertThat(withInput("", "decode", "-")).isEqualTo(new Cli.Run(0, List.of(), List.of()));
    }

    @Test
    void aMessageOfAnUnknownTypeIsPrintedWithItsNumber() {
        JsonNode line = Cli.run("decode", "--json", "8318370563c3a971").onlyJson();

        assertThat(line.toString())
                .isEqualTo(
                        "{\"type\":\"M_55\",\"sessionId\":5,\"diagnostic\":\"[55, 5, \\\"éq\\\"]\",\"bytes\":8,\"objectives\":[]}");
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
