package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.simulation.SimulationRunner;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The meters of the ASAs of a host. */
class HostMetersTest {
    @Test
    void theMetersShowEachAsaOfThePlanAndTheTableOfTheDocumentationHasThem() {
        MeterRegistry registry = new SimpleMeterRegistry();
        SimulationRunner.verify(1, run -> {
            AsaHost host = AsaHost.on(
                    run.start("node"), HostConfig.DEFAULTS.withOwnThreads(false).withRestarts(2));
            HostMeters meters = new HostMeters();
            meters.bindTo(registry);
            meters.watch(host);
            TestAsa failing = new TestAsa(
                    AsaManifest.of("failing", "1"), context -> Mono.error(new IllegalStateException("no luck")));
            run.await(
                    host.run(List.of(TestAsa.idle(AsaManifest.of("steady", "1")).setup(), failing.setup())));
            run.advance(Duration.ofMinutes(1));

            assertThat(registry.get("grasp.hosted.state")
                            .tags("asa", "steady", "state", "operational")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("grasp.hosted.state")
                            .tags("asa", "failing", "state", "stopped")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("grasp.hosted.failures")
                            .tags("asa", "failing", "kind", "failed")
                            .functionCounter()
                            .count())
                    .isEqualTo(3);
            assertThat(registered(registry)).containsExactlyInAnyOrderElementsOf(documented());
            assertThat(registry.getMeters())
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getDescription()).isNotBlank());

            run.await(host.run(List.of()));
            run.advance(Duration.ofSeconds(2));
            assertThat(registry.getMeters()).isEmpty();
            run.await(host.closeAsync());
        });
    }

    private static Set<String> registered(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> String.join(
                        " | ",
                        "`" + id.getName() + "`",
                        id.getType().name().toLowerCase(Locale.ROOT),
                        id.getBaseUnit() == null ? "" : id.getBaseUnit(),
                        id.getTags().stream()
                                .map(Tag::getKey)
                                .sorted()
                                .map(key -> "`" + key + "`")
                                .collect(Collectors.joining(", "))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> documented() {
        try (Stream<String> lines = Files.lines(Path.of("../docs/metrics.md"))) {
            return lines.filter(line -> line.startsWith("| `grasp.hosted."))
                    .map(line -> line.split("\\|"))
                    .map(cells -> String.join(
                            " | ",
                            cells[1].strip(),
                            cells[2].strip(),
                            cells[3].strip(),
                            Stream.of(cells[4].strip().split(", ")).sorted().collect(Collectors.joining(", "))))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
