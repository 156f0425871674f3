package io.grasp.samples.scenario;

import io.grasp.samples.text.StrictJson;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Reads the JSON of scenarios strictly, and describes each problem in one line with its place. */
final class ScenarioJson {
    static final JsonMapper MAPPER = StrictJson.builder()
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationReader()))
            .build();

    private ScenarioJson() {}

    /** Reads durations from texts. */
    private static final class DurationReader extends ValueDeserializer<Duration> {
        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) {
            String text = parser.getValueAsString();
            return DurationText.parse(text == null ? parser.currentToken().asString() : text);
        }
    }

    static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new ScenarioException(StrictJson.lineAndColumn(e), StrictJson.problem(e));
        }
    }

    /**
     * Reads a value of a type.
     *
     * @param place the JSON pointer of the node
     */
    static <T> T read(JsonNode node, Class<T> type, String place) {
        try {
            return MAPPER.treeToValue(node, type);
        } catch (DatabindException | StreamReadException e) {
            throw new ScenarioException(place + StrictJson.pointer(e), StrictJson.problem(e));
        }
    }
}
