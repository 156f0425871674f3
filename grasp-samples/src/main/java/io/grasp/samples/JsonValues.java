package io.grasp.samples;

import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Objective values as JSON on the command line. */
final class JsonValues {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonValues() {}

    /** Reads a value, or {@code null} if the text is no JSON. */
    static @Nullable ObjectiveValue read(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return tree.isMissingNode() ? null : ObjectiveValue.of(tree);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Shows a value: as JSON, or as text in CBOR diagnostic notation if it cannot be JSON. */
    static @Nullable JsonNode show(ObjectiveValue value) {
        if (!value.isPresent()) {
            return null;
        }
        try {
            return value.asJson();
        } catch (GraspException e) {
            return StringNode.valueOf(value.toString());
        }
    }
}
