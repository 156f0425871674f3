package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHashTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String TOWN = "3e9bac92b092effd4c57f101bc5dc7ced5eb169e1fc60c09fc59600f0f7f4c68";

    private static String hash(List<SimEvent> events) {
        Trace trace = Trace.create();
        events.forEach(trace::happened);
        return trace.hash();
    }

    private static String hash(Duration at, Kind kind, String from, String to, String link, int last, String detail) {
        byte[] bytes = {1, 2, (byte) last};
        return hash(List.of(new SimEvent(at, kind, from, to, link, bytes, detail)));
    }

    @Test
    void theHashOfAKnownTraceIsStable() {
        assertThat(hash(List.of())).isEqualTo(EMPTY);
        assertThat(hash(Scenes.town())).isEqualTo(TOWN);
    }

    @Test
    void theHashIsThatOfTheDocumentedEncoding() throws Exception {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(encoded);
        out.writeLong(7);
        out.writeInt(5);
        for (String text : List.of("DATA", "a", "b", "lan", "d\u00E9")) {
            out.writeInt(text.length());
            out.writeChars(text);
        }
        out.writeInt(3);
        out.write(new byte[] {1, 2, 3});
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(encoded.toByteArray());

        assertThat(hash(Duration.ofSeconds(7, 5), Kind.DATA, "a", "b", "lan", 3, "d\u00E9"))
                .isEqualTo(HexFormat.of().formatHex(digest));
    }

    @Test
    void theHashChangesWithEveryComponent() {
        Duration at = Duration.ofMillis(5);
        Set<String> hashes = new HashSet<>();
        hashes.add(hash(at, Kind.DATA, "a", "b", "lan", 3, "d"));
        hashes.add(hash(at.plusNanos(1), Kind.DATA, "a", "b", "lan", 3, "d"));
        hashes.add(hash(at.plusSeconds(1), Kind.DATA, "a", "b", "lan", 3, "d"));
        hashes.add(hash(at, Kind.LOST, "a", "b", "lan", 3, "d"));
        hashes.add(hash(at, Kind.DATA, "A", "b", "lan", 3, "d"));
        hashes.add(hash(at, Kind.DATA, "ab", "", "lan", 3, "d"));
        hashes.add(hash(at, Kind.DATA, "a", "B", "lan", 3, "d"));
        hashes.add(hash(at, Kind.DATA, "a", "b", "LAN", 3, "d"));
        hashes.add(hash(at, Kind.DATA, "a", "b", "lan", 4, "d"));
        hashes.add(hash(at, Kind.DATA, "a", "b", "lan", 3, "\uD800"));
        hashes.add(hash(at, Kind.DATA, "a", "b", "lan", 3, "?"));

        assertThat(hashes).hasSize(11);
    }

    @Test
    void theHashChangesWithTheOrder() {
        List<SimEvent> reversed = new ArrayList<>(Scenes.town());
        Collections.reverse(reversed);

        assertThat(hash(reversed)).isNotEqualTo(TOWN);
    }

    @Test
    void theHashIsAvailableAtAnyTime() {
        Trace trace = Trace.create();
        for (SimEvent event : Scenes.town()) {
            trace.hash();
            trace.happened(event);
        }

        assertThat(trace.hash()).isEqualTo(TOWN).isEqualTo(trace.hash());
    }

    @Test
    void eventsOfAnySizeAreHashed() {
        byte[] large = new byte[100_000];
        SimEvent event = new SimEvent(Duration.ZERO, Kind.DATA, "a".repeat(2_000), "b", "", large, "");

        assertThat(hash(List.of(event, event))).isNotEqualTo(hash(List.of(event)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG-u-nu-arab", "tr-TR", "hi-IN-u-nu-deva"})
    void theHashDoesNotDependOnLanguageAndTimeZone(String language) {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        String chart = SequenceChart.of(Scenes.town()).html("town");
        try {
            Locale.setDefault(Locale.forLanguageTag(language));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
            assertThat(hash(Scenes.town())).isEqualTo(TOWN);
            Trace trace = Trace.create();
            Scenes.town().forEach(trace::happened);
            Golden.check("town.trace", trace.toString());
            assertThat(SequenceChart.of(Scenes.town()).html("town")).isEqualTo(chart);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }
}
