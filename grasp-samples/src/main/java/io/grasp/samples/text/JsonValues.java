package io.grasp.samples.text;

import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Objective values as JSON on the command line. */
public final class JsonValues {
    private static final JsonMapper JSON = StrictJson.builder().build();

    /** A digit other than 0 before the exponent. */
    private static final Pattern NOT_ZERO = Pattern.compile("[-.0]*[1-9]");

    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"");
    private static final Pattern BIGNUM = Pattern.compile("[23]\\(h'[0-9a-f]*'\\)");
    /** Diagnostic notation that is not JSON: byte strings, tags, simple values, keys other than text. */
    private static final Pattern NOT_JSON = Pattern.compile("[h(]|undefined|NaN|Infinity|[^\"]:");

    private JsonValues() {}

    /**
     * Reads a value.
     *
     * @param text the text
     * @return the value, or {@code null} if the text is not JSON
     * @throws IllegalArgumentException if it is JSON, but not of a value that can be sent as it is; the message goes on
     *     after a name for the value, such as "has a number that is too large"
     */
    public static @Nullable ObjectiveValue read(String text) {
        JsonNode tree;
        try {
            tree = JSON.readTree(text);
            requireNoUnderflow(text);
        } catch (StreamReadException e) {
            if (StrictJson.isRepeatedName(e)) {
                throw new IllegalArgumentException("has two fields of the same name", e);
            }
            return null;
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException("is " + StrictJson.problem(e), e);
        } catch (JacksonException e) {
            return null;
        }
        return tree.isMissingNode() ? null : of(tree);
    }

    /**
     * Makes a value of JSON that has been read.
     *
     * @param tree the JSON
     * @return the value
     * @throws IllegalArgumentException as {@link #read} does
     */
    public static ObjectiveValue of(JsonNode tree) {
        requireExact(tree);
        return ObjectiveValue.of(tree);
    }

    /**
     * Refuses numbers that reading replaces by zero, because they are closer to it than any double.
     *
     * @param json the JSON of the value, or with the value in it
     * @throws IllegalArgumentException as {@link #read} does
     * @throws JacksonException if it is not JSON
     */
    public static void requireNoUnderflow(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_FLOAT
                        && parser.getDoubleValue() == 0
                        && NOT_ZERO.matcher(parser.getString()).lookingAt()) {
                    throw new IllegalArgumentException("has a number that is too close to zero");
                }
            }
        }
    }

    /** Refuses what would be replaced by something else on the way: infinity, or a question mark. */
    private static void requireExact(JsonNode tree) {
        if (tree.isFloatingPointNumber() && !Double.isFinite(tree.doubleValue())) {
            throw new IllegalArgumentException("has a number that is too large");
        }
        if (tree.isString()) {
            requireUnicode(tree.stringValue());
        }
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
            requireUnicode(member.getKey());
        }
        tree.forEach(JsonValues::requireExact);
    }

    private static void requireUnicode(String text) {
        if (!isUnicode(text)) {
            throw new IllegalArgumentException("has a text with half of a surrogate pair, which is no character");
        }
    }

    /** {@return whether a text has only characters; JSON can also express halves of surrogate pairs} */
    public static boolean isUnicode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** Shows a value: as JSON, or as text in CBOR diagnostic notation if it cannot be JSON. */
    public static @Nullable JsonNode show(ObjectiveValue value) {
        if (!value.isPresent()) {
            return null;
        }
        try {
            return canBeJson(value) ? value.asJson() : StringNode.valueOf(value.toString());
        } catch (GraspException e) {
            return StringNode.valueOf(value.toString());
        }
    }

    private static boolean canBeJson(ObjectiveValue value) {
        String structure = TEXT.matcher(value.content().diagnostic()).replaceAll("\"\"");
        return !NOT_JSON.matcher(BIGNUM.matcher(structure).replaceAll("0")).find();
    }
}
