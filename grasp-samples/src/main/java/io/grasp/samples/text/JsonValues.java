package io.grasp.samples.text;

import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Objective values as JSON on the command line. */
public final class JsonValues {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"");
    private static final Pattern BIGNUM = Pattern.compile("[23]\\(h'[0-9a-f]*'\\)");
    /** Diagnostic notation that is not JSON: byte strings, tags, simple values, keys other than text. */
    private static final Pattern NOT_JSON = Pattern.compile("[h(]|undefined|NaN|Infinity|[^\"]:");

    private JsonValues() {}

    /** Reads a value; {@code null} if the text is not JSON, or contains a number that is too large. */
    public static @Nullable ObjectiveValue read(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            if (tree.isMissingNode()) {
                return null;
            }
            ObjectiveValue value = ObjectiveValue.of(tree);
            return canBeJson(value) ? value : null;
        } catch (JacksonException | GraspException e) {
            return null;
        }
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
