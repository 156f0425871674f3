package io.grasp.samples.control.client;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Reads members of JSON objects. A daemon of another version may not send all of them: a member that is absent is read
 * like {@code null}.
 */
final class Json {
    private Json() {}

    /** {@return a text, number or truth value as text; empty if there is none} */
    static String text(JsonNode object, String name) {
        return text(object.path(name));
    }

    /** {@return a value as text; empty for none} */
    static String text(JsonNode value) {
        return value.isString() || value.isNumber() || value.isBoolean() ? value.asString() : "";
    }

    /** {@return a number, 0 if there is none} */
    static long number(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isNumber() ? value.numberValue().longValue() : 0;
    }

    static boolean flag(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isBoolean() && value.booleanValue();
    }

    /** {@return whether a member is there and is not {@code null}} */
    static boolean has(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return !value.isMissingNode() && !value.isNull();
    }

    /** {@return the texts of an array} */
    static List<String> texts(JsonNode object, String name) {
        List<String> texts = new ArrayList<>();
        object.path(name).forEach(each -> texts.add(text(each)));
        return texts;
    }

    /** {@return the diagnostic notation of a value, empty if there is none} */
    static String value(JsonNode object, String name) {
        return text(object.path(name), "diagnostic");
    }
}
