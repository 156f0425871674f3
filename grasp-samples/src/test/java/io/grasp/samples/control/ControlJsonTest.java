package io.grasp.samples.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import io.grasp.host.HostEvent;
import io.grasp.inspection.DiscoveryEvent;
import io.grasp.inspection.LinkEvent;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of the control API, as other programs read it: it must not change by accident. */
class ControlJsonTest {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final Path GOLDEN = Path.of("src/test/resources/control");

    /** The schemas of the examples that do not belong to a route with the same name. */
    private static final Map<String, String> SCHEMAS = Map.of(
            "status", "Status",
            "status-plain", "Status",
            "relay", "Relay",
            "forgotten-peer", "ForgottenPeer",
            "identity", "IdentityStatus",
            "locator", "FoundLocator",
            "flooded", "FloodedObjective");

    private static Map<String, JsonNode> examples() {
        Map<String, JsonNode> examples = new LinkedHashMap<>();
        Examples.pages().forEach((name, json) -> examples.put(name, JSON.readTree(json)));
        Examples.batches().forEach((name, json) -> examples.put("events-" + name, JSON.readTree(json)));
        return examples;
    }

    @Test
    void pagesAndEventsHaveTheDocumentedForm() throws IOException {
        Map<String, JsonNode> examples = examples();
        for (Map.Entry<String, JsonNode> each : examples.entrySet()) {
            String actual = JSON.writeValueAsString(each.getValue()) + "\n";
            assertThat(actual).as(each.getKey()).isEqualTo(Files.readString(GOLDEN.resolve(each.getKey() + ".json")));
        }
        try (Stream<Path> files = Files.list(GOLDEN)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("no example is left over")
                    .containsExactlyInAnyOrderElementsOf(examples.keySet().stream()
                            .map(name -> name + ".json")
                            .toList());
        }
    }

    @Test
    void eachExampleFitsItsSchema() {
        examples().forEach((name, example) -> {
            List<Error> errors = OpenApi.validate(schema(name), example);
            assertThat(errors).as(name + ": " + example).isEmpty();
        });
    }

    private static String schema(String example) {
        if (SCHEMAS.containsKey(example)) {
            return SCHEMAS.get(example);
        }
        return example.startsWith("events-")
                ? OpenApi.eventSchema("/v1/events/" + example.substring("events-".length()))
                : OpenApi.responseSchema("/v1/" + example, "get", "200");
    }

    @Test
    void aSchemaRefusesAMissingAndAnUnknownMember() {
        JsonNode status = examples().get("status");
        JsonNode missing = status.deepCopy().asObject().without("counts");
        JsonNode unknown = status.deepCopy().asObject().put("surprise", 1);
        assertThat(OpenApi.validate("Status", status)).isEmpty();
        assertThat(OpenApi.validate("Status", missing)).isNotEmpty();
        assertThat(OpenApi.validate("Status", unknown)).isNotEmpty();
    }

    @Test
    void eachKindOfEventHasAnExample() {
        assertThat(kinds(Examples.discoveryEvents())).containsExactlyInAnyOrder(kinds(DiscoveryEvent.class));
        assertThat(kinds(Examples.sessionEvents())).containsExactlyInAnyOrder(kinds(SessionEvent.class));
        assertThat(kinds(Examples.linkEvents())).containsExactlyInAnyOrder(kinds(LinkEvent.class));
        assertThat(kinds(
                        Examples.hostedEvents().stream().map(HostedEvent::event).toList()))
                .containsExactlyInAnyOrder(kinds(HostEvent.class));
        assertThat(kinds(Examples.traceEvents())).containsExactlyInAnyOrder(kinds(TraceEvent.class));
        Examples.batches()
                .forEach((name, batch) -> assertThat(JSON.readTree(batch).get("events"))
                        .as(name)
                        .allSatisfy(event -> assertThat(event.size()).isGreaterThan(1)));
    }

    private static List<Class<?>> kinds(List<?> events) {
        return events.stream().<Class<?>>map(Object::getClass).distinct().toList();
    }

    private static Class<?>[] kinds(Class<?> sealed) {
        return sealed.getPermittedSubclasses();
    }
}
