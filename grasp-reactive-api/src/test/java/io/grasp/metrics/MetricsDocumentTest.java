package io.grasp.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in docs/metrics.md lists all meters of nodes, and nothing else. */
class MetricsDocumentTest {
    @Test
    void theTableListsAllMeters() throws IOException {
        MeterRegistry registry = new SimpleMeterRegistry();
        GraspObserver observer = new MicrometerObserver(registry).ofNode(() -> 0, Runnable::run);
        SessionInfo session =
                new SessionInfo(new SessionId(1), SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR, "EX3");
        observer.sessionStarted(session);
        observer.sessionEnded(session, SessionOutcome.FAILED, new IllegalStateException());

        Set<String> registered = registry.getMeters().stream()
                .map(Meter::getId)
                .map(MetricsDocumentTest::row)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(rows()).containsExactlyInAnyOrderElementsOf(registered);
        assertThat(registry.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
    }

    private static String row(Meter.Id id) {
        String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit();
        String tags = id.getTags().stream()
                .map(Tag::getKey)
                .sorted()
                .map(key -> "`" + key + "`")
                .collect(Collectors.joining(", "));
        return String.join(" | ", "`" + id.getName() + "`", id.getType().name().toLowerCase(Locale.ROOT), unit, tags);
    }

    private static List<String> rows() throws IOException {
        return Files.readAllLines(Path.of("../docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `grasp.") && !line.startsWith("| `grasp.hosted."))
                .map(line -> line.split("\\|"))
                .map(cells -> String.join(
                        " | ",
                        cells[1].strip(),
                        cells[2].strip(),
                        cells[3].strip(),
                        Stream.of(cells[4].strip().split(", ")).sorted().collect(Collectors.joining(", "))))
                .toList();
    }
}
