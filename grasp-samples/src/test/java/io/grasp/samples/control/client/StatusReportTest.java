package io.grasp.samples.control.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AddressInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reports on the example documents of the control API. */
class StatusReportTest {
    private static JsonNode example(String name) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(Path.of("src", "test", "resources", "control", name + ".json")));
    }

    private static List<JsonNode> list(String name) throws IOException {
        List<JsonNode> entries = new ArrayList<>();
        example(name).path("entries").forEach(entries::add);
        return entries;
    }

    @Test
    void problemsComeFirstAndEachOnce() throws IOException {
        JsonNode full = JsonMapper.shared()
                .readTree("{\"setting\":\"Limits.sessions\",\"used\":1024,\"most\":1024,\"unit\":\"count\"}");
        StatusReport report =
                new StatusReport(example("status"), list("links"), List.of(full), list("drops"), ZoneOffset.UTC);

        assertThat(report.lines())
                .startsWith(
                        "grasp 0.1.0, up 1d since 2026-11-30 08:00:00",
                        "Problem: the certificate has expired: renew it",
                        "Problem: peer [fd00::9]:40007 refused (expired), 3 times, the last 5s ago: the certificate of"
                                + " fd89b714f3db00000000000000000009@acp.example.com has expired",
                        "Problem: dropped as undecryptable 2 times, the last 1s ago: it is not encrypted with this"
                                + " node's key of QUADS: both sides need the same password or key, or none; this node's"
                                + " has the fingerprint 5c1f-90ab, compare it with 'grasp status' there",
                        "Problem: limit Limits.sessions is used to 100%: further ones are refused; see"
                                + " 'grasp show limits'",
                        "",
                        "Protection:   by the node itself, on each link",
                        "Encryption:   QUADS, key fingerprint 5c1f-90ab",
                        "Certificate:  cannot be used, fd89b714f3db00000000000000000002@acp.example.com",
                        "              valid until 2026-11-01 00:00:00")
                .contains(
                        "Instance:     port 40001 on eth1, DULL for AN_ACP",
                        "Neighbors:    8 heard of, 1 of them on this host, on 7 links",
                        "Drops:        12 normal, 3 others since the start: see 'grasp show drops'");
    }

    /** The exam of an operator: a peer that stays silent in its handshake, and one whose certificate is out of time. */
    @Test
    void eachRefusedPeerIsAProblemWithWhatToDo() {
        JsonNode status = JsonMapper.shared().readTree("""
                {"permitsGrasp":true,"counts":{"links":1},"refused":[
                {"peer":"[fd00::9]:40007","reason":"not_tls","detail":"the peer does not speak TLS","count":2,
                 "lastMillis":1000},
                {"peer":"192.0.2.7:40008","reason":"not_yet_valid","detail":"it is not valid yet","count":1,
                 "lastMillis":2000},
                {"peer":"192.0.2.7:40009","reason":"expired","detail":"it was valid","count":1,"lastMillis":3600000}]}
                """);
        StatusReport report = new StatusReport(status, List.of(), List.of(), List.of(), ZoneOffset.UTC);

        assertThat(report.problems())
                .containsExactly(
                        "peer [fd00::9]:40007 refused (not tls), 2 times, the last 1s ago: the peer does not speak TLS;"
                                + " start that node with a certificate of this domain",
                        "peer 192.0.2.7:40008 refused (not yet valid), 1 time, the last 2s ago: it is not valid yet");
        assertThat(report.outOfTime()).containsExactly("192.0.2.7");
    }

    @Test
    void theLinksOfOtherInstancesAreNamed() throws IOException {
        List<JsonNode> links = new ArrayList<>();
        for (String name : List.of("eth0", "eth1", "eth2")) {
            links.add(JsonMapper.shared()
                    .readTree("{\"name\":\"" + name + "\",\"state\":\"not_chosen\",\"detail\":\"not one\"}"));
        }
        ShowCommand.nameInstances(links, example("status"));

        assertThat(Section.LINKS.lines(links, Integer.MAX_VALUE))
                .containsExactly(
                        "eth0: not chosen: not by this node, but by another instance beside it, port 7017",
                        "eth1: not chosen: not by this node, but by a DULL instance beside it, port 40001",
                        "eth2: not chosen: not one");
    }

    @Test
    void eachUseOfAnAddressIsExplained() throws IOException {
        for (AddressInfo.Use use : AddressInfo.Use.values()) {
            JsonNode link = JsonMapper.shared()
                    .readTree("{\"name\":\"eth0\",\"state\":\"up\",\"addresses\":[{\"address\":\"::1\","
                            + "\"prefixLength\":128,\"use\":\"" + use.name().toLowerCase(Locale.ROOT) + "\"}]}");

            assertThat(Section.LINKS.lines(List.of(link), Integer.MAX_VALUE).get(1))
                    .matches("    ::1/128  (used|not used|not used yet): .*")
                    .satisfies(line -> assertThat(line.endsWith(": the interface is not a link of the node"))
                            .isEqualTo(use == AddressInfo.Use.NOT_A_LINK));
        }
    }

    @Test
    void aNodeWithoutProtectionAndLinksHasTheseProblems() throws IOException {
        JsonNode bare = JsonMapper.shared().readTree("{\"permitsGrasp\":false,\"counts\":{\"links\":0}}");

        assertThat(new StatusReport(bare, List.of(), List.of(), List.of(), ZoneOffset.UTC).problems())
                .containsExactly(
                        "the links are not protected, so that ASAs cannot use GRASP: see docs/security.md",
                        "no link is up: the node can reach no other; see 'grasp show links'");
        assertThat(new StatusReport(example("status-plain"), List.of(), list("limits"), List.of(), ZoneOffset.UTC)
                        .problems())
                .noneMatch(problem -> problem.contains("certificate"));
    }

    /** The node's own sentence says when the certificate expires. */
    @Test
    void aCertificateThatExpiresIsOneProblem() throws IOException {
        String sentence = "the certificate expires at 2026-12-01T00:00:00Z, after less than a tenth of its lifetime:"
                + " renew it";
        ObjectNode status = (ObjectNode) example("status");
        ObjectNode identity = (ObjectNode) status.get("identity");
        identity.put("good", true).put("expiry", "soon").putArray("problems").add(sentence);
        status.putArray("findings");
        status.putArray("refused");

        assertThat(new StatusReport(status, list("links"), List.of(), List.of(), ZoneOffset.UTC).problems())
                .containsExactly(sentence);
    }

    @Test
    void eachListFitsTheTerminalAndIsWholeInAPipe() throws IOException {
        for (Section section : Section.values()) {
            List<JsonNode> entries = switch (section) {
                case RELAY -> List.of(example("relay"));
                case REFUSED -> List.of(example("status").path("refused").get(0));
                default -> list(section.id());
            };
            for (int columns : new int[] {80, 40, 7}) {
                assertThat(section.lines(entries, columns))
                        .as(section.id())
                        .isNotEmpty()
                        .allMatch(line -> line.length() <= columns);
            }
            String whole = String.join("\n", section.lines(entries, Integer.MAX_VALUE));
            assertThat(whole).doesNotContain("..  ");
        }
        assertThat(Section.OBJECTIVES.lines(list("objectives"), Integer.MAX_VALUE))
                .anyMatch(line -> line.startsWith("EX1 ") && line.contains(" sync "));
        assertThat(Section.SESSIONS.lines(list("sessions"), Integer.MAX_VALUE))
                .containsExactly(
                        "   SESSION  KIND         ROLE       STATE       OBJECTIVE  PEER"
                                + "                                              MOVES  WAITS FOR     AGE",
                        "3735928559  negotiation  responder  our turn    EX3"
                                + "        fd89b714f3db00000000000000000002@acp.example.com      1  own move 59s  1s",
                        "         1  discovery    relay      collecting  EX3        -"
                                + "                                                     0  -             0ms");
    }

    @Test
    void wideCharactersTakeTwoColumnsOfATable() {
        Table table = new Table("NAME", "N", "VALUE")
                .row(List.of("日本語の目的", "1", "\"" + "値".repeat(40) + "\""))
                .row(List.of("e\u0301😀", "20", "short"));

        assertThat(table.lines(Integer.MAX_VALUE))
                .containsExactly(
                        "NAME           N  VALUE",
                        "日本語の目的   1  \"" + "値".repeat(40) + "\"",
                        "e\u0301😀           20  short");
        assertThat(table.lines(30))
                .containsExactly(
                        "NAME           N  VALUE",
                        "日本語の目的   1  \"" + "値".repeat(4) + "..",
                        "e\u0301😀           20  short");
    }

    private static TopPicture picture(JsonNode status) throws IOException {
        return new TopPicture(
                new StatusReport(status, list("links"), list("limits"), list("drops"), ZoneOffset.UTC),
                status,
                list("limits"),
                list("drops"),
                list("neighbors"),
                list("sessions"));
    }

    @Test
    void theLiveViewHasTheRatesSinceTheViewBefore() throws IOException {
        TopPicture before = picture(example("status"));
        ObjectNode later = (ObjectNode) example("status");
        later.put("nowMillis", 123456.789 + 2000);
        ((ObjectNode) later.get("totals"))
                .put("sessions", 1000 + 9)
                .put("messagesReceived", 2500 + 123_456)
                .put("messagesSent", 2400 + 98_765);

        assertThat(picture(later).lines(before, 80, 50))
                .contains("Per second: sessions 4.5, messages received 61728, sent 49383, drops 0");
        later.put("started", "2026-12-01T08:00:00Z");
        assertThat(picture(later).lines(before, 80, 50))
                .as("another node took its place")
                .noneMatch(line -> line.startsWith("Per second"));
    }

    @Test
    void theLiveViewFitsSmallTerminals() throws IOException {
        TopPicture picture = picture(example("status"));
        for (int columns = 1; columns <= 80; columns += 13) {
            int width = columns;
            for (int rows = 1; rows <= 24; rows += 7) {
                assertThat(picture.lines(picture, width, rows))
                        .hasSizeBetween(1, rows)
                        .allMatch(line -> line.length() <= width);
            }
        }
        assertThat(String.join("\n", picture.lines(null, 80, 24)))
                .contains("Problem: the certificate has expired", "Most used limits:", "Sessions:");
    }
}
