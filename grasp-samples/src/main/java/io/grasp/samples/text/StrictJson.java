package io.grasp.samples.text;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** Files in JSON that are read strictly, and whose problems are described in one line with their place. */
public final class StrictJson {
    private StrictJson() {}

    /** {@return the settings of a reader that refuses what it does not know} */
    public static JsonMapper.Builder builder() {
        return JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
    }

    /** {@return where in the file a problem is; empty if that is not known} */
    public static String lineAndColumn(JacksonException e) {
        TokenStreamLocation place = e.getLocation();
        return place == null ? "" : "line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    /** {@return the JSON pointer of the value that has a problem; empty for the whole} */
    public static String pointer(JacksonException e) {
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

    /** {@return the name of a member in a JSON pointer} */
    public static String escape(String field) {
        return field.replace("~", "~0").replace("/", "~1");
    }

    /** {@return whether an object has two members of the same name} */
    public static boolean isRepeatedName(StreamReadException e) {
        return String.valueOf(e.getOriginalMessage()).startsWith("Duplicate ");
    }

    /** {@return what is wrong} */
    public static String problem(JacksonException e) {
        if (e instanceof StreamConstraintsException) {
            return "nested too deeply, or a number or text in it is too long";
        }
        String original = firstLine(String.valueOf(e.getOriginalMessage()));
        if (e instanceof StreamReadException && !(e instanceof InputCoercionException)
                || original.startsWith("Trailing token")) {
            return "not JSON: " + original;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException reason && reason.getMessage() != null) {
                return reason.getMessage();
            }
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown field; known ones are " + known(unknown);
        }
        if (e instanceof MismatchedInputException mismatch) {
            if (original.startsWith("Missing required creator property")) {
                return "this field is missing";
            }
            return "must be " + describe(mismatch.getTargetType());
        }
        return original;
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
