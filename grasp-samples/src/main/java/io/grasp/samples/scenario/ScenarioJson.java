package io.grasp.samples.scenario;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Reads JSON strictly, and describes each problem in one line with its place. */
final class ScenarioJson {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
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
            TokenStreamLocation place = e.getLocation();
            String where = place == null ? "" : "line " + place.getLineNr() + ", column " + place.getColumnNr();
            throw new ScenarioException(where, "not JSON: " + firstLine(e.getOriginalMessage()));
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
            throw new ScenarioException(place + pointer(e), problem(e));
        }
    }

    private static String pointer(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            pointer.append('/');
            if (step.getPropertyName() == null) {
                pointer.append(step.getIndex());
            } else {
                pointer.append(escape(step.getPropertyName()));
            }
        }
        return pointer.toString();
    }

    static String escape(String field) {
        return field.replace("~", "~0").replace("/", "~1");
    }

    private static String problem(JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException reason && reason.getMessage() != null) {
                return reason.getMessage();
            }
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown field; known ones are " + known(unknown);
        }
        if (e instanceof MismatchedInputException mismatch) {
            String original = firstLine(mismatch.getOriginalMessage());
            if (original.startsWith("Missing required creator property")) {
                return "this field is missing";
            }
            return "must be " + describe(mismatch.getTargetType());
        }
        return firstLine(e.getOriginalMessage());
    }

    private static String known(UnrecognizedPropertyException unknown) {
        Collection<Object> fields = unknown.getKnownPropertyIds();
        TreeSet<String> names = new TreeSet<>();
        if (fields != null) {
            fields.forEach(field -> names.add(String.valueOf(field)));
        }
        return String.join(", ", names);
    }

    private static String describe(Class<?> type) {
        if (type == null) {
            return "something else";
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "a whole number";
        }
        if (Number.class.isAssignableFrom(type) || type == double.class) {
            return "a number";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a text";
        }
        if (type == Duration.class) {
            return "a duration such as \"5ms\"";
        }
        if (type.isEnum()) {
            return "one of " + List.of(type.getEnumConstants());
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        return Map.class.isAssignableFrom(type) || type.isRecord() ? "an object" : "a " + type.getSimpleName();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
