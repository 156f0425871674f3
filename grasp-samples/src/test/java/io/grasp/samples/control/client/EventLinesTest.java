package io.grasp.samples.control.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventLinesTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    /** However late the answer comes: traces of two hosts are compared by these times. */
    @Test
    void theTimeOfAnEventIsThatOfTheHostOfTheNode() {
        JsonNode status = json("{'nowMillis':5000.25,'time':'2020-01-01T10:00:00.500Z'}");

        assertThat(EventLines.of(status, ZoneOffset.UTC)
                        .line(EventKind.TRACE, json("{'timeMillis':3750,'event':'dropped','reason':'own'}")))
                .isEqualTo("09:59:59.250 dropped (own)");
    }

    @Test
    void aCertificateWhoseNewFilesWereRefusedHasItsProblems() {
        EventLines lines = EventLines.of(json("{'nowMillis':0,'time':'2020-01-01T10:00:00Z'}"), ZoneOffset.UTC);

        assertThat(
                        lines.line(
                                EventKind.LINKS,
                                json(
                                        "{'timeMillis':0,'event':'identity_changed','status':{'good':true,'stale':true,'problems':['x','y'],'notAfter':'z'}}")))
                .isEqualTo("10:00:00.000 certificate: good, valid until z; x; y");
        assertThat(
                        lines.line(
                                EventKind.LINKS,
                                json(
                                        "{'timeMillis':0,'event':'identity_changed','status':{'good':false,'problems':['x'],'notAfter':'z'}}")))
                .isEqualTo("10:00:00.000 certificate: cannot be used: x");
    }

    @Test
    void theEventsOfAHostReadAsTheHostPrintsThem() {
        EventLines lines = EventLines.of(json("{'nowMillis':0,'time':'2020-01-01T10:00:00Z'}"), ZoneOffset.UTC);

        assertThat(
                        lines.line(
                                EventKind.HOSTED,
                                json(
                                        "{'timeMillis':0,'event':'state','name':'a','version':'1','state':'pausing','detail':'x'}")))
                .isEqualTo("10:00:00.000 a 1 is pausing: x");
        assertThat(
                        lines.line(
                                EventKind.HOSTED,
                                json(
                                        "{'timeMillis':0,'event':'parameter','name':'a','parameter':'p','value':'2','detail':'y'}")))
                .isEqualTo("10:00:00.000 a: p is 2, y");
        assertThat(lines.line(EventKind.HOSTED, json("{'timeMillis':0,'event':'report','name':'a','detail':'z'}")))
                .isEqualTo("10:00:00.000 a: z");
    }
}
