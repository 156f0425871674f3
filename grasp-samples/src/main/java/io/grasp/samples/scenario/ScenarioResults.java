package io.grasp.samples.scenario;

import io.grasp.samples.plot.LinePlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of all runs of a scenario: a table with a row for each run, in the order of the combinations and seeds.
 * The same file gives the same table on every machine.
 */
public final class ScenarioResults {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Scenario scenario;
    private final List<Map<String, Object>> rows;

    private ScenarioResults(Scenario scenario, List<Map<String, Object>> rows) {
        this.scenario = scenario;
        this.rows = rows;
    }

    /**
     * Runs a scenario: each combination of varied values with each seed.
     *
     * @param scenario the scenario
     * @param progress receives the number of finished runs after each run
     * @return the results
     * @throws ScenarioException if the settings of a workload do not fit it, or a plot names an unknown column
     * @throws IllegalStateException if a workload fails, or a rule of the protocol is broken
     */
    public static ScenarioResults of(Scenario scenario, Consumer<Integer> progress) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Scenario.Combination combination : scenario.combinations()) {
            for (int i = 0; i < scenario.file().runsOfEach(); i++) {
                long seed = scenario.file().firstSeed() + i;
                Map<String, Object> row = new LinkedHashMap<>();
                combination.values().forEach((pointer, value) -> row.put(pointer, plain(value)));
                row.put("seed", seed);
                row.putAll(ScenarioRun.run(combination.file(), seed));
                rows.add(row);
                progress.accept(rows.size());
            }
        }
        ScenarioResults results = new ScenarioResults(scenario, rows);
        results.plots(); // names columns that only the runs show
        return results;
    }

    private static Object plain(JsonNode value) {
        if (value.isNumber()) {
            return value.isIntegralNumber() ? (Object) value.longValue() : (Object) value.doubleValue();
        }
        return value.isString() ? value.stringValue() : value.toString();
    }

    /** {@return the rows, each with its values by column} */
    public List<Map<String, Object>> rows() {
        return rows;
    }

    /** {@return all columns: the varied parameters, the seed, the network, and then the others by name} */
    private List<String> columns() {
        Set<String> first = new LinkedHashSet<>();
        scenario.combinations().get(0).values().keySet().forEach(first::add);
        first.addAll(List.of("seed", "nodes", "links", "virtualSeconds"));
        Set<String> others = new TreeSet<>();
        rows.forEach(row -> others.addAll(row.keySet()));
        first.addAll(others);
        return List.copyOf(first);
    }

    /** {@return the table as CSV (quoted as in RFC 4180), with a header; a value that a run does not have is 0} */
    public String csv() {
        List<String> columns = columns();
        StringBuilder csv = new StringBuilder();
        line(csv, columns);
        for (Map<String, Object> row : rows) {
            line(
                    csv,
                    columns.stream()
                            .map(column -> text(row.getOrDefault(column, 0)))
                            .toList());
        }
        return csv.toString();
    }

    private static void line(StringBuilder csv, List<String> values) {
        csv.append(values.stream().map(ScenarioResults::quoted).collect(Collectors.joining(",")))
                .append("\n");
    }

    private static String quoted(String value) {
        return value.matches("[^,\"\r\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
    }

    private static String text(Object value) {
        return value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15
                ? String.valueOf(number.longValue())
                : String.valueOf(value);
    }

    /** {@return the table as JSON: the title, and an object for each run} */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("scenario", scenario.name());
        all.put("title", title());
        all.put("runs", rows);
        return JSON.writeValueAsString(all) + "\n";
    }

    private String title() {
        return Objects.requireNonNullElse(scenario.file().title(), scenario.name());
    }

    /** {@return the plots that the file asks for, as SVG documents by file name} */
    Map<String, String> plots() {
        Map<String, String> plots = new LinkedHashMap<>();
        List<ScenarioFile.Plot> wanted = scenario.file().allPlots();
        for (int i = 0; i < wanted.size(); i++) {
            plots.put(wanted.get(i).file(), plot(wanted.get(i), "/plots/" + i).svg());
        }
        return plots;
    }

    private LinePlot plot(ScenarioFile.Plot wanted, String place) {
        LinePlot plot = new LinePlot(
                Objects.requireNonNullElse(wanted.title(), title()),
                Objects.requireNonNullElse(wanted.xLabel(), wanted.x()),
                Objects.requireNonNullElse(wanted.yLabel(), String.join(", ", wanted.y())),
                Boolean.TRUE.equals(wanted.logX()),
                Boolean.TRUE.equals(wanted.logY()));
        List<String> columns = columns();
        requireColumn(columns, wanted.x(), place + "/x");
        wanted.y().forEach(column -> requireColumn(columns, column, place + "/y"));
        if (wanted.by() != null) {
            requireColumn(columns, wanted.by(), place + "/by");
        }
        for (Map<String, Object> row : rows) {
            for (String column : wanted.y()) {
                plot.add(curve(wanted, column, row), number(row, wanted.x(), place + "/x"), number(row, column, place));
            }
        }
        return plot;
    }

    private static String curve(ScenarioFile.Plot wanted, String column, Map<String, Object> row) {
        if (wanted.by() == null) {
            return column;
        }
        String value = text(row.getOrDefault(wanted.by(), 0));
        return wanted.y().size() == 1 ? value : value + ", " + column;
    }

    private static void requireColumn(List<String> columns, @Nullable String column, String place) {
        if (!columns.contains(column)) {
            throw new ScenarioException(
                    place, "the results have no column \"" + column + "\"; they have " + String.join(", ", columns));
        }
    }

    private static double number(Map<String, Object> row, String column, String place) {
        Object value = row.getOrDefault(column, 0);
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new ScenarioException(place, "column \"" + column + "\" has texts: " + value);
    }

    /**
     * Writes the tables, as {@code <name>.csv} and {@code <name>.results.json}, and the plots.
     *
     * @param directory a directory that exists
     * @return the files
     * @throws IOException if one cannot be written
     */
    public List<Path> write(Path directory) throws IOException {
        List<Path> written = new ArrayList<>();
        Map<String, String> contents = new LinkedHashMap<>();
        contents.put(scenario.name() + ".csv", csv());
        contents.put(scenario.name() + ".results.json", json());
        contents.putAll(plots());
        for (Map.Entry<String, String> each : contents.entrySet()) {
            Path file = directory.resolve(each.getKey());
            Files.writeString(file, each.getValue());
            written.add(file);
        }
        return written;
    }
}
