package io.grasp.samples.control;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.LocatorText;
import io.grasp.samples.text.StrictJson;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON object in the body of a request. */
final class RequestBody {
    private static final JsonMapper JSON = StrictJson.builder().build();

    private final String text;
    private final JsonNode members;

    private RequestBody(String text, JsonNode members) {
        this.text = text;
        this.members = members;
    }

    /**
     * Reads a body.
     *
     * @param bytes the body; no bytes are an object without members
     * @param known the names of the members that it may have
     * @throws Problem if it is not such an object
     */
    static RequestBody of(byte[] bytes, Set<String> known) {
        String text = bytes.length == 0 ? "{}" : text(bytes);
        JsonNode tree = tree(text);
        if (!tree.isObject()) {
            throw Problem.body("it must be a JSON object");
        }
        for (String name : tree.propertyNames()) {
            if (!known.contains(name)) {
                throw Problem.parameter(
                        name,
                        "is not a member of the request; "
                                + (known.isEmpty()
                                        ? "there are none"
                                        : String.join(", ", new TreeSet<>(known)) + " are"));
            }
        }
        return new RequestBody(text, tree);
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Problem.body("it is not UTF-8");
        }
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw Problem.body("it is " + StrictJson.problem(e));
        }
    }

    private @Nullable JsonNode member(String name) {
        return members.get(name);
    }

    /** {@return whether a member is there, perhaps as {@code null}} */
    boolean has(String name) {
        return member(name) != null;
    }

    String text(String name) {
        JsonNode value = member(name);
        if (value == null || !value.isString()) {
            throw Problem.parameter(name, "must be a text");
        }
        return unicode(name, value.asString());
    }

    /** {@return a text that is not empty} */
    String name(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            throw Problem.parameter(name, "must not be empty");
        }
        return text;
    }

    private static String unicode(String name, String text) {
        if (!JsonValues.isUnicode(text)) {
            throw Problem.parameter(name, "has half of a surrogate pair, which is no character");
        }
        return text;
    }

    Optional<Boolean> flag(String name) {
        JsonNode value = member(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw Problem.parameter(name, "must be true or false");
        }
        return Optional.of(value.asBoolean());
    }

    long number(String name, long least, long most, long usual) {
        JsonNode value = member(name);
        if (value == null) {
            return usual;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least || value.asLong() > most) {
            throw Problem.parameter(name, "must be a whole number from " + least + " to " + most);
        }
        return value.asLong();
    }

    Duration millis(String name, long least, long most, long usual) {
        return Duration.ofMillis(number(name, least, most, usual));
    }

    InetAddress address(String name) {
        return Parameters.address(name, text(name));
    }

    /** {@return one of the constants, by its name in lower case} */
    <E extends Enum<E>> E constant(String name, E[] constants) {
        String text = text(name);
        List<String> words = new ArrayList<>();
        for (E constant : constants) {
            String word = JsonWriter.word(constant);
            if (word.equals(text)) {
                return constant;
            }
            words.add(word);
        }
        throw Problem.parameter(name, "must be one of " + String.join(", ", words));
    }

    /** {@return the objective that a request is about} */
    Objective objective(Objective objective) {
        return objective.withLoopCount(
                (int) number("loopCount", 1, Objective.MAX_LOOP_COUNT, Objective.DEFAULT_LOOP_COUNT));
    }

    /** {@return the text of a locator, as this API prints it; empty for {@code null}} */
    Optional<String> nullableText(String name) {
        JsonNode value = member(name);
        return value != null && value.isNull() ? Optional.empty() : Optional.of(text(name));
    }

    List<Locator> locators(String name) {
        JsonNode value = member(name);
        if (value == null) {
            return List.of();
        }
        List<Locator> locators = new ArrayList<>();
        for (JsonNode each : value) {
            locators.add(locator(name, each));
        }
        if (!value.isArray() || locators.isEmpty()) {
            throw Problem.parameter(name, "must be an array of locators, at least one");
        }
        return locators;
    }

    private static Locator locator(String name, JsonNode value) {
        try {
            return new LocatorText().convert(value.isString() ? unicode(name, value.asString()) : "");
        } catch (TypeConversionException e) {
            throw Problem.parameter(name, "has " + value + ", which is not PORT, HOST:PORT, [ADDRESS]:PORT or a URI");
        }
    }

    /** {@return an objective's value: the member {@code value} in JSON, or {@code cbor} in hexadecimal digits} */
    ObjectiveValue value() {
        JsonNode json = member("value");
        if ((json == null) == (member("cbor") == null)) {
            throw Problem.parameter("value", "or cbor must be given, and not both");
        }
        if (json == null) {
            return cbor(text("cbor"));
        }
        try {
            JsonValues.requireNoUnderflow(text);
            return JsonValues.of(json);
        } catch (IllegalArgumentException e) {
            throw Problem.parameter("value", String.valueOf(e.getMessage()));
        }
    }

    private static ObjectiveValue cbor(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex)));
        } catch (CborException | IllegalArgumentException e) {
            throw Problem.parameter("cbor", "must be one CBOR item in hexadecimal digits");
        }
    }
}
