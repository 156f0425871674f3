package io.grasp.samples.scenario;

import io.grasp.samples.text.StrictJson;
import io.grasp.util.FileErrorText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A scenario: the combinations of its varied parameters, each of which is checked before the first run. */
public final class Scenario {
    private static final int MOST_COMBINATIONS = 1000;

    private final String name;
    private final ScenarioFile file;
    private final List<Combination> combinations;

    private Scenario(String name, ScenarioFile file, List<Combination> combinations) {
        this.name = name;
        this.file = file;
        this.combinations = combinations;
    }

    /**
     * A value for each varied parameter.
     *
     * @param values the values by their JSON pointers
     * @param file the file with these values
     */
    record Combination(Map<String, JsonNode> values, ScenarioFile file) {}

    /**
     * Reads a file.
     *
     * @param path the file
     * @return the scenario
     * @throws ScenarioException if it cannot be read, or does not describe a scenario
     */
    public static Scenario read(Path path) {
        String name = String.valueOf(path.getFileName()).replaceFirst("\\.json$", "");
        try {
            return parse(name, Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new ScenarioException("", path + " does not exist");
        } catch (CharacterCodingException e) {
            throw new ScenarioException("", path + " is not UTF-8");
        } catch (IOException e) {
            throw new ScenarioException("", path + " cannot be read: " + FileErrorText.reason(e));
        } catch (ScenarioException e) {
            throw new ScenarioException("", path + ": " + e.getMessage());
        }
    }

    /**
     * Reads the text of a file.
     *
     * @param name the name of the results
     * @param json the text
     * @return the scenario
     * @throws ScenarioException if it does not describe a scenario
     */
    static Scenario parse(String name, String json) {
        JsonNode tree = ScenarioJson.tree(json);
        if (!(tree instanceof ObjectNode root)) {
            throw new ScenarioException("", "not a JSON object");
        }
        ScenarioFile file = ScenarioJson.read(root, ScenarioFile.class, "");
        List<Combination> combinations = new ArrayList<>();
        combine(root, file.vary() == null ? Map.of() : file.vary(), new LinkedHashMap<>(), combinations::add);
        return new Scenario(name, file, combinations);
    }

    /** Adds the combinations of the given values with all values of the remaining parameters. */
    private static void combine(
            ObjectNode root,
            Map<String, List<JsonNode>> vary,
            Map<String, JsonNode> values,
            Consumer<Combination> found) {
        long number =
                vary.values().stream().mapToLong(List::size).reduce(1, (a, b) -> Math.min(a * b, Integer.MAX_VALUE));
        if (number > MOST_COMBINATIONS) {
            throw new ScenarioException("/vary", "there are more than " + MOST_COMBINATIONS + " combinations");
        }
        String next = vary.keySet().stream()
                .filter(pointer -> !values.containsKey(pointer))
                .findFirst()
                .orElse(null);
        if (next == null) {
            found.accept(new Combination(new LinkedHashMap<>(values), checked(root, values)));
            return;
        }
        List<JsonNode> choices = Objects.requireNonNull(vary.get(next));
        if (choices.isEmpty()) {
            throw new ScenarioException("/vary/" + StrictJson.escape(next), "the list of values is empty");
        }
        for (JsonNode choice : choices) {
            values.put(next, choice);
            combine(root, vary, values, found);
            values.remove(next);
        }
    }

    private static ScenarioFile checked(ObjectNode root, Map<String, JsonNode> values) {
        ObjectNode changed = root.deepCopy();
        values.forEach((pointer, value) -> replace(changed, pointer, value));
        try {
            ScenarioFile file = ScenarioJson.read(changed, ScenarioFile.class, "");
            new ScenarioCheck(file).check();
            return file;
        } catch (ScenarioException e) {
            if (values.isEmpty()) {
                throw e;
            }
            throw new ScenarioException("", e.getMessage() + " (with " + values + ")");
        }
    }

    private static void replace(ObjectNode root, String pointer, JsonNode value) {
        String where = "/vary/" + StrictJson.escape(pointer);
        int last = pointer.lastIndexOf('/');
        if (!pointer.startsWith("/") || last == pointer.length() - 1) {
            throw new ScenarioException(where, "not a JSON pointer such as /links/loss");
        }
        if (pointer.startsWith("/vary") || pointer.startsWith("/plots") || pointer.startsWith("/seed")) {
            throw new ScenarioException(where, "this cannot be varied");
        }
        JsonNode parent = root.at(pointer.substring(0, last));
        String field = pointer.substring(last + 1).replace("~1", "/").replace("~0", "~");
        if (parent instanceof ObjectNode object) {
            object.set(field, value);
        } else if (parent instanceof ArrayNode array
                && field.matches("\\d{1,6}")
                && Integer.parseInt(field) < array.size()) {
            array.set(Integer.parseInt(field), value);
        } else {
            throw new ScenarioException(where, "there is no such place in the file");
        }
    }

    /** {@return the name of the file without its ending, which the results have too} */
    public String name() {
        return name;
    }

    ScenarioFile file() {
        return file;
    }

    List<Combination> combinations() {
        return combinations;
    }

    /** {@return the number of runs} */
    public int runs() {
        return combinations.size() * file.runsOfEach();
    }
}
