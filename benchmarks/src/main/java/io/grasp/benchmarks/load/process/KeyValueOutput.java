package io.grasp.benchmarks.load.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code key=value} pairs of the last output line of a process that has any. */
public record KeyValueOutput(Map<String, String> values) {
    /** Reads the whole output of a process. */
    static KeyValueOutput last(InputStream from) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
        Map<String, String> last = Map.of();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Map<String, String> values = parse(line);
            last = values.isEmpty() ? last : values;
        }
        return new KeyValueOutput(last);
    }

    private static Map<String, String> parse(String line) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : line.trim().split(" +", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return values;
    }

    /** {@return the number with that name, NaN if there is none} */
    public double number(String key) {
        try {
            return Double.parseDouble(values.getOrDefault(key, "NaN"));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
