package io.grasp.samples.wireshark;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.Project;
import io.grasp.samples.wireshark.CaptureFile.Connection;
import io.grasp.samples.wireshark.CaptureFile.Endpoint;
import io.grasp.wire.MessageType;
import io.grasp.wire.Vectors;
import io.grasp.wire.Vectors.Kind;
import io.grasp.wire.Vectors.Vector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.dataformat.cbor.CBORMapper;

/** The dissector for Wireshark, run by tshark on captures that are written here. */
class WiresharkTest {
    private static final CBORMapper CBOR = new CBORMapper();
    private static final String GRAY = "2001:db8:f000:baaa:28cc:dc4c:9703:6781";
    private static final String BRIGGS = "2001:db8:f000:baaa:f000:baaa:f000:baaa";
    private static final Endpoint GROUP = new Endpoint("ff02::13", 7017);
    private static final Endpoint ASKER = new Endpoint(GRAY, 49443);
    private static final Endpoint NODE = new Endpoint(BRIGGS, 7017);
    private static final byte[] REQUEST = hex("83031a00d214628463455833030682634e5a4419019a");
    private static final byte[] OFFER = hex("83051a00d214628463455833030582634e5a441850");
    private static final byte[] END = hex("83061a00d21462811865");

    /** Nodes of the overlay would use TLS here; an option of tshark names the protocol instead. */
    private static final Endpoint STREAMS = new Endpoint(BRIGGS, 7100);

    private static final Endpoint LINK = new Endpoint(BRIGGS, 7101);
    private static final String[] OVERLAY = {"-d", "tcp.port==7100,grasp_mux", "-d", "tcp.port==7101,grasp_link"};

    @TempDir
    private static Path temporary;

    private final CaptureFile capture = new CaptureFile();
    private int clients = 50_000;

    @BeforeAll
    static void require() {
        Tshark.assumeInstalled();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private Path file() {
        return capture.write(temporary.resolve("capture.pcap"));
    }

    private static Tshark tshark() {
        return new Tshark(temporary);
    }

    private Connection connect(Endpoint server) {
        return capture.connect(new Endpoint(GRAY, clients++), server);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Sends a message as its type is sent: to the group, or on a connection of its own. */
    private int send(byte[] message) {
        int type = message.length > 1 ? message[1] : -1;
        boolean multicast =
                type == MessageType.M_NOOP || type == MessageType.M_DISCOVERY || type == MessageType.M_FLOOD;
        return multicast
                ? capture.datagram(ASKER, GROUP, message)
                : connect(NODE).send(message);
    }

    /** Compares with a file; what was printed instead is kept in {@code target}. */
    private static void assertGolden(String name, List<String> lines) throws IOException {
        Path actual = Files.createDirectories(Path.of("target", "wireshark")).resolve(name);
        Files.write(actual, lines);
        try (InputStream golden = WiresharkTest.class.getResourceAsStream(name)) {
            assertThat(golden).as("the golden file; printed was %s", actual).isNotNull();
            List<String> expected = new String(golden.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(lines).as("%s is not as %s", actual, name).isEqualTo(expected);
        }
    }

    /** The lines about each frame, with a title in place of its number. */
    private List<String> titled(Map<Integer, String> titles, String... options) {
        List<String> lines = new ArrayList<>();
        for (String line : tshark().details(file(), options)) {
            if (line.startsWith("Frame ")) {
                String title = titles.get(Integer.parseInt(line.substring(6)));
                if (title != null) {
                    lines.add("== " + title);
                }
            } else {
                lines.add(line);
            }
        }
        return lines;
    }

    @Test
    void showsEachTypeOfMessageAndOption() throws IOException {
        Map<Integer, String> titles = new LinkedHashMap<>();
        Vectors.all().stream()
                .filter(vector -> vector.kind() != Kind.CIPHERTEXT)
                .filter(vector -> !vector.description().startsWith("graspy"))
                .forEach(vector -> titles.put(send(vector.bytes()), vector.description()));
        titles.put(
                send(message(0, List.of("io.grasp.acp", new byte[16], 7017, 30_000))), "the hello of an ACP neighbor");

        assertGolden("messages.txt", titled(titles));
    }

    @Test
    void findsTheResponseToARequestAndItsTime() throws IOException {
        byte[] discovery = hex("84011a00d4d7485020010db8f000baaa28ccdc4c970367818463455831050206");
        byte[] response = hex("85021a00d4d7485020010db8f000baaa28ccdc4c9703678119ea608418675020010db8f000baaaf000baaa"
                + "f000baaa0619c123");
        Map<Integer, String> titles = new LinkedHashMap<>();
        titles.put(capture.datagram(ASKER, GROUP, discovery), "discovery");
        titles.put(capture.datagram(new Endpoint("fe80::5", 40_000), GROUP, discovery), "relayed discovery");
        titles.put(capture.connect(NODE, ASKER).send(response), "response");
        titles.put(capture.connect(NODE, new Endpoint("fe80::5", 40_000)).send(response), "response to the relay");
        Connection negotiation = connect(new Endpoint(BRIGGS, 49_443));
        titles.put(negotiation.send(REQUEST), "request");
        titles.put(negotiation.answer(hex("83071a00d21462198895")), "wait");
        titles.put(negotiation.answer(OFFER), "offer");
        titles.put(negotiation.send(END), "end");
        negotiation.end();

        List<String> lines = titled(titles).stream()
                .filter(line -> line.matches("==.*|\\S.*|    \\[[^E].*"))
                .toList();

        assertGolden("responses.txt", lines);
    }

    @Test
    void findsMessagesWhereverTheStreamIsCutAndOnAnyPort() throws IOException {
        Connection slow = connect(NODE);
        int bytes = 0;
        for (byte each : REQUEST) {
            bytes = slow.send(new byte[] {each});
        }
        int several = slow.answer(join(OFFER, OFFER, Arrays.copyOf(OFFER, 7)));
        int rest = slow.answer(join(Arrays.copyOfRange(OFFER, 7, OFFER.length), END));

        byte[] large = message(3, 77, List.of("EX7", 3, 6, new byte[5000]));
        Connection elsewhere = connect(new Endpoint(BRIGGS, 40_001));
        int segment = 0;
        for (int at = 0; at < large.length; at += 1400) {
            segment = elsewhere.send(Arrays.copyOfRange(large, at, Math.min(large.length, at + 1400)));
        }
        int raw = elsewhere.answer(CBOR.writeValueAsBytes("text on a raw channel"));

        int response = capture.datagram(
                new Endpoint(BRIGGS, 40_002),
                new Endpoint(GRAY, 40_003),
                hex("85020750" + "20010db8f000baaa28ccdc4c9703678100841844c0000201061901bb".replace("1844", "186844")));
        connect(NODE).send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        connect(NODE).send(hex("16030100050100000100"));
        connect(new Endpoint(BRIGGS, 40_004)).send(hex("8318370563c3a971"));
        capture.datagram(new Endpoint(BRIGGS, 40_002), new Endpoint(GRAY, 40_003), hex("83016474657374a0"));
        int encrypted = capture.datagram(ASKER, GROUP, hex("26c4bb7cf742ff3c7fef4d84338910e4"));

        List<String> found =
                tshark().fields(file(), "grasp", List.of("frame.number", "grasp.type", "grasp.item", "_ws.col.Info"));

        assertThat(found)
                .containsExactly(
                        bytes + "|3||M_REQ_NEG EX3 [\"NZD\", 410]",
                        several + "|5,5||M_NEGOTIATE EX3 [\"NZD\", 80]; M_NEGOTIATE EX3 [\"NZD\", 80]",
                        rest + "|5,6||M_NEGOTIATE EX3 [\"NZD\", 80]; M_END O_ACCEPT",
                        segment + "|3||M_REQ_NEG EX7 h'" + "0".repeat(104) + "...",
                        raw + "||\"text on a raw channel\"|CBOR item",
                        response + "|2||M_RESPONSE 192.0.2.1:443 TCP",
                        encrypted + "|||Not CBOR, perhaps encrypted with QUADS");
        assertThat(tshark().fields(
                                file(),
                                "grasp",
                                List.of("frame.number"),
                                "-o",
                                "grasp.ports:40000-40001",
                                "-o",
                                "grasp.any_port:FALSE"))
                .as("on other ports")
                .containsExactly(Integer.toString(segment), Integer.toString(raw));
    }

    @Test
    void aConnectionWithThePortsOfAnEarlierOneIsReadByItself() {
        Endpoint client = new Endpoint(GRAY, 49_999);
        Connection plain = capture.connect(client, NODE);
        int request = plain.send(REQUEST);
        int end = plain.answer(END);
        plain.end();
        Connection secured = capture.connect(client, NODE);
        int hello = secured.send(hex("16030100050100000100"));
        secured.end();
        int later = capture.connect(client, NODE).send(message(3, 77, List.of("EX7", 3, 6, 1)));

        assertThat(tshark().fields(file(), "grasp", List.of("frame.number", "grasp.type", "_ws.expert.message")))
                .containsExactly(request + "|3|", end + "|6|", later + "|3|");
        assertThat(tshark().fields(file(), "tls", List.of("frame.number"))).containsExactly(Integer.toString(hello));
    }

    /** Also if what was there before cannot be followed, and without a filter, so that nothing else asks for fields. */
    @Test
    void aConnectionWithThePortsOfAnEarlierOneHasSessionsAndContentOfItsOwn() {
        Endpoint client = new Endpoint(GRAY, 49_998);
        Connection streams = capture.connect(client, NODE);
        streams.send(join(preface(0), frame(0, 1, 1, Arrays.copyOf(REQUEST, 9))));
        streams.end();
        Connection ended = capture.connect(client, NODE);
        ended.send(REQUEST);
        ended.answer(END);
        ended.end();
        Connection same = capture.connect(client, NODE);
        int request = same.send(REQUEST);
        int offer = same.answer(OFFER);
        same.end();

        assertThat(tshark().fields(
                                file(),
                                "grasp",
                                List.of("frame.number", "grasp.type", "grasp.response_to", "_ws.expert.message")))
                .contains(request + "|3||", offer + "|5|" + request + "|");
        assertThat(tshark().run(List.of("-r", file().toString())))
                .filteredOn(line -> line.contains(" GRASP "))
                .hasSize(4);
    }

    @Test
    void reportsViolations() throws IOException {
        byte[] address = new Endpoint(GRAY, 1).bytes();
        byte[] linkLocal = new Endpoint("fe80::1", 1).bytes();
        List<Object> value = List.of("EX1", 5, 6, 1);
        List<Object> place = List.of(103, address, 6, 443);
        Map<Integer, String> titles = new LinkedHashMap<>();
        titles.put(send(hex("8303fc")), "not well-formed");
        titles.put(send(hex("9f0305ff")), "request without an objective");
        titles.put(send(message(300, 5)), "type 300");
        titles.put(send(message("M_END")), "type that is text");
        titles.put(send(message(5)), "no Session ID");
        titles.put(send(message(5, 1L << 32, value)), "Session ID of 33 bits");
        titles.put(send(message(5, "5", value)), "Session ID that is text");
        titles.put(send(message(1, 5, new byte[5], value)), "initiator of 5 bytes");
        titles.put(send(message(1, 5)), "no initiator");
        titles.put(send(message(9, 5, address, -1, List.of(value, List.of()))), "negative time to live");
        titles.put(send(message(9, 5, address, 1)), "flood of nothing");
        titles.put(send(message(9, 5, linkLocal, 1, List.of(value, List.of()))), "flood beyond the link");
        titles.put(send(message(9, 5, address, 1, List.of(value))), "flood without a locator");
        titles.put(send(message(9, 5, address, 1, List.of(List.of("EX1", 5, 0, 1), List.of()))), "loop count 0");
        titles.put(send(message(2, 5, address, 1)), "response with nothing");
        titles.put(send(message(2, 5, address, 1, List.of(100, place), place)), "response with a divert and a locator");
        titles.put(
                send(message(2, 5, address, 1, List.of(100, List.of(103, linkLocal, 6, 1)))),
                "divert to a link-local address");
        titles.put(
                send(message(2, 5, address, 1, List.of(100, List.of(105, "a.local", 6, 1)))),
                "divert to a .local name");
        titles.put(send(message(2, 5, address, 1, List.of(103, new byte[4], 6, 1))), "IPv6 locator of 4 bytes");
        titles.put(send(message(2, 5, address, 1, List.of(103, address, 41, 70_000))), "protocol 41, port 70000");
        titles.put(send(message(3, 5, List.of("EX1", 6, 6, 1))), "negotiation and synchronization");
        titles.put(send(message(3, 5, List.of("EX1", 25, 6, 1))), "dry run alone, unknown flag");
        titles.put(send(message(3, 5, List.of("EX1", 3, 256, 1))), "loop count 256");
        titles.put(send(message(3, 5, List.of("EX1", 3, 6))), "no value");
        titles.put(send(message(3, 5, List.of(1, 3, 6))), "name that is a number");
        titles.put(send(message(6, 5)), "end without an option");
        titles.put(send(message(6, 5, List.of(103))), "end with a locator");
        titles.put(send(message(6, 5, List.of(102, 7))), "reason that is a number");
        titles.put(send(message(7, 5, 1000, List.of(101))), "wait with an option");
        titles.put(send(message(77, 5, List.of(200, 1))), "unknown type and option");
        titles.put(capture.datagram(ASKER, NODE, message(3, 5, List.of("EX1", 3, 6, 1))), "request by UDP");
        titles.put(
                capture.datagram(ASKER, GROUP, message(1, 5, address, List.of("EX1", 1, 6, new byte[2100]))),
                "long datagram");
        Connection session = connect(NODE);
        session.send(REQUEST);
        session.answer(OFFER);
        titles.put(session.answer(hex("83051a00d2146284634558330b0582634e5a441850")), "second move, dry, loop count");
        session.send(END);
        titles.put(session.answer(OFFER), "after the end");
        Connection synchronization = connect(NODE);
        synchronization.send(message(4, 9, List.of("EX2", 5, 6, 0)));
        titles.put(synchronization.answer(message(7, 9, 100)), "wait in a synchronization");

        List<String> lines = new ArrayList<>();
        for (String line : tshark().fields(
                        file(), "grasp", List.of("frame.number", "_ws.expert.severity", "_ws.expert.message"))) {
            String[] columns = line.split("\\|", -1);
            String title = titles.get(Integer.parseInt(columns[0]));
            if (title != null) {
                lines.add(title + ": " + columns[2]);
            }
        }

        assertGolden("violations.txt", lines);
    }

    @Test
    void readsTheLinksAndStreamsOfTheOverlay() throws IOException {
        byte[] flood = Vectors.of(Kind.MESSAGE).get(2).bytes();
        byte[] hello = join(hex("0001"), new byte[16], hex("1b69"));
        Map<Integer, String> titles = new LinkedHashMap<>();
        Connection streams = connect(STREAMS);
        titles.put(streams.send(join(preface(0), frame(3, 2, 0, hello))), "preface and hello");
        titles.put(streams.answer(join(preface(1), frame(3, 2, 0, hello, hex("03")))), "hello with more bytes");
        byte[] split = join(
                frame(3, 0, 0, hex("01"), Arrays.copyOf(flood, 20)),
                frame(3, 2, 0, Arrays.copyOfRange(flood, 20, flood.length)));
        titles.put(streams.send(Arrays.copyOf(split, 11)), "part of a frame");
        titles.put(streams.send(Arrays.copyOfRange(split, 11, 40)), "part of a flood");
        titles.put(streams.send(Arrays.copyOfRange(split, 40, split.length)), "the rest of it");
        titles.put(streams.send(frame(0, 1, 1, Arrays.copyOf(REQUEST, 9))), "part of a request");
        titles.put(streams.send(frame(0, 1, 3, REQUEST)), "another stream");
        titles.put(
                streams.send(join(
                        frame(0, 0, 1, Arrays.copyOfRange(REQUEST, 9, REQUEST.length)), frame(4, 0, 0, new byte[8]))),
                "the rest of it, and a ping");
        titles.put(streams.answer(join(frame(0, 0, 1, OFFER), frame(2, 0, 1, hex("00001000")))), "offer and credit");
        titles.put(streams.send(join(frame(0, 2, 1, END), frame(1, 0, 3, hex("00000001")))), "end and reset");
        titles.put(
                streams.send(join(
                        frame(3, 2, 0, hex("0203")),
                        frame(3, 2, 0, hex("03")),
                        frame(3, 2, 0, hex("04")),
                        frame(3, 2, 0, hex("09aa")))),
                "flags, closing, renew, unknown");
        titles.put(
                streams.answer(
                        join(frame(5, 1, 0, hex("0000000300000005")), frame(7, 0, 0), frame(200, 0, 0, new byte[1]))),
                "goaway, reserved, extension");
        Connection link = connect(LINK);
        byte[] framed = join(
                framed(hello),
                framed(new byte[0]),
                framed(join(hex("01"), flood)),
                framed(hex("0201")),
                framed(hex("02")));
        titles.put(link.send(Arrays.copyOf(framed, 60)), "link: hello, sign of life, part of a flood");
        titles.put(
                link.send(Arrays.copyOfRange(framed, 60, framed.length)), "link: the rest of it, flags, short flags");

        assertGolden("overlay.txt", titled(titles, OVERLAY));
    }

    private static byte[] preface(int role) {
        return join(
                "GRASPMUX".getBytes(StandardCharsets.US_ASCII),
                new byte[] {1, (byte) role, 0, 0},
                hex("000040000000010000010000"));
    }

    private static byte[] frame(int type, int flags, int stream, byte[]... payload) {
        byte[] content = join(payload);
        ByteBuffer head = ByteBuffer.allocate(8)
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) content.length)
                .putInt(stream);
        return join(head.array(), content);
    }

    private static byte[] framed(byte[] content) {
        return join(ByteBuffer.allocate(4).putInt(content.length).array(), content);
    }

    private static byte[] message(Object... elements) {
        return CBOR.writeValueAsBytes(elements);
    }

    @Test
    void readsAConversationWithGraspy() throws IOException {
        Path recorded = recorded();

        List<String> lines = tshark().fields(
                        recorded,
                        "grasp",
                        List.of("frame.number", "_ws.col.Info", "grasp.response_to", "grasp.response_time"));
        assertGolden("graspy.txt", lines);
        assertThat(tshark().details(recorded)).noneMatch(line -> line.contains("Expert Info"));
    }

    /** Recorded in a network namespace: graspy RFC8990-BC-20260821 is fd63:45eb:dc14:1::1, this project ::2. */
    private static Path recorded() throws IOException {
        Path recorded = temporary.resolve("graspy.pcap");
        try (InputStream in = resource("graspy.pcap")) {
            Files.copy(in, recorded, StandardCopyOption.REPLACE_EXISTING);
        }
        return recorded;
    }

    @Test
    void theManualShowsWhatTsharkPrints() throws IOException {
        Path page = Project.root().resolve("docs/wireshark.md");
        String recorded = recorded().toString();
        List<String> expected = new ArrayList<>();
        List<String> printed = new ArrayList<>();
        boolean inOutput = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("$ tshark") && line.contains("graspy.pcap")) {
                inOutput = true;
                expected.add(line);
                printed.add(line);
                List<String> words = Pattern.compile("'([^']*)'|(\\S+)")
                        .matcher(line.substring("$ tshark ".length()))
                        .results()
                        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                        .map(word -> word.equals("graspy.pcap") ? recorded : word)
                        .toList();
                printed.addAll(tshark().run(words).stream()
                        .filter(output -> !output.isEmpty())
                        .toList());
            } else if (line.startsWith("```")) {
                inOutput = false;
            } else if (inOutput) {
                expected.add(line);
            }
        }

        assertThat(printed).hasSizeGreaterThan(20).isEqualTo(expected);
    }

    @Test
    void printsAllValuesOfRfc8949() throws IOException {
        Map<String, String> others = Map.of(
                "2(h'010000000000000000')", "18446744073709551616",
                "3(h'010000000000000000')", "-18446744073709551617",
                "5.960464477539063e-8", "5.9604644775390625e-8"); // exactly
        List<String> expected = new ArrayList<>();
        for (String[] columns : examples("/rfc8949/appendix-a.txt")) {
            send(join(hex("83030584634558310306"), hex(columns[0])));
            expected.add(others.getOrDefault(columns[1], columns[1]));
        }

        assertThat(tshark().fields(file(), "grasp", List.of("grasp.value"))).isEqualTo(expected);
    }

    @Test
    void reportsAllErrorsOfRfc8949() throws IOException {
        for (String[] columns : examples("/rfc8949/appendix-f.txt")) {
            capture.datagram(ASKER, GROUP, join(hex("83030584634558310306"), hex(columns[columns.length - 1])));
        }

        assertThat(tshark().fields(file(), "grasp", List.of("_ws.expert.message")))
                .hasSize(capture.frames())
                .allMatch(message -> message.startsWith("Not well-formed CBOR: "));
    }

    private static List<String[]> examples(String resource) throws IOException {
        try (InputStream in = resource(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> line.split(" ", 2))
                    .toList();
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(WiresharkTest.class.getResourceAsStream(name), name);
    }

    @Test
    void damagedPacketsCauseNoErrorOfTheDissector() {
        long seed = 20_261_130;
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> messages = new ArrayList<>(Stream.of(Kind.MESSAGE, Kind.NEGATIVE)
                .flatMap(kind -> Vectors.of(kind).stream())
                .map(Vector::bytes)
                .toList());
        messages.add(message(0, List.of("io.grasp.acp", new byte[16], 7017, 30_000)));
        int damaged = 0;
        while (damaged < 10_000) {
            Connection connection = connect(List.of(NODE, STREAMS, LINK).get(random.nextInt(3)));
            boolean streams = connection.server.equals(STREAMS);
            boolean link = connection.server.equals(LINK);
            for (int i = 0; i < 10; i++) {
                byte[] bytes = damage(random, messages.get(random.nextInt(messages.size())), messages);
                capture.datagram(random.nextBoolean() ? ASKER : NODE, random.nextBoolean() ? GROUP : NODE, bytes);
                byte[] other = messages.get(random.nextInt(messages.size()));
                byte[] wrapped = streams
                        ? frame(random.nextInt(6), random.nextInt(4), random.nextInt(4), other)
                        : link ? framed(join(new byte[] {(byte) random.nextInt(6)}, other)) : other;
                byte[] segment = random.nextInt(3) == 0 ? wrapped : damage(random, wrapped, messages);
                if (random.nextBoolean()) {
                    connection.send(segment);
                } else {
                    connection.answer(segment);
                }
                damaged += 2;
            }
        }

        List<String> options = new ArrayList<>(List.of("-V", "-r", file().toString()));
        options.addAll(List.of(OVERLAY));
        if (Boolean.getBoolean("grasp.long")) {
            options.add("-2"); // takes twice as long
        }
        List<String> lines = tshark().run(options);

        assertThat(lines.stream().filter(line -> line.startsWith("Frame ")).count())
                .isEqualTo(capture.frames());
        assertThat(lines.stream()
                        .filter(line -> line.startsWith("Generic Autonomic"))
                        .count())
                .isGreaterThan(8000);
        assertThat(lines)
                .as("seed %d", seed)
                .noneMatch(line -> line.contains("Lua Error") || line.contains("Dissector bug"));
    }

    private static byte[] damage(SplittableRandom random, byte[] message, List<byte[]> messages) {
        byte[] bytes = message.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 ->
                    bytes = join(
                            Arrays.copyOf(bytes, at),
                            new byte[] {(byte) random.nextInt(256)},
                            Arrays.copyOfRange(bytes, at, bytes.length));
                case 4 -> bytes = join(Arrays.copyOf(bytes, at), messages.get(random.nextInt(messages.size())));
                default ->
                    bytes = join(
                            Arrays.copyOf(bytes, at),
                            hex(random.nextBoolean() ? "9f" : "bb00ffffffffffffff"),
                            Arrays.copyOfRange(bytes, at, bytes.length));
            }
        }
        return Arrays.copyOf(bytes, Math.min(bytes.length, 8000));
    }
}
