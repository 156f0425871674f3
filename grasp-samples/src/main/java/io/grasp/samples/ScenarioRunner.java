package io.grasp.samples;

import io.grasp.samples.scenario.Scenario;
import io.grasp.samples.scenario.ScenarioException;
import io.grasp.samples.scenario.ScenarioResults;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.ParameterException;

/** Runs scenario files, and writes their results. */
final class ScenarioRunner {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Output output;
    private final Function<String, ParameterException> complaint;

    /** @param complaint makes an error from what is wrong with a file */
    ScenarioRunner(Output output, Function<String, ParameterException> complaint) {
        this.output = output;
        this.complaint = complaint;
    }

    /** {@return the exit code} All files are read before the first one runs. */
    int run(List<Path> files, Path directory) {
        if (!Files.isDirectory(directory.toAbsolutePath())) {
            throw complaint.apply(directory + " is not a directory");
        }
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : files) {
            scenarios.add(unlessWrong("", () -> Scenario.read(file)));
        }
        for (int i = 0; i < scenarios.size(); i++) {
            run(scenarios.get(i), files.get(i), directory);
        }
        return 0;
    }

    private void run(Scenario scenario, Path file, Path directory) {
        long begun = System.nanoTime();
        int runs = scenario.runs();
        output.status(file + ": " + runs + (runs == 1 ? " run" : " runs"));
        ScenarioResults results =
                unlessWrong(file + ": ", () -> ScenarioResults.of(scenario, done -> progress(done, runs)));
        List<String> written;
        try {
            written = results.write(directory).stream().map(Path::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the results cannot be written: " + Failures.oneLine(e), e);
        }
        for (Map<String, Object> row : results.rows()) {
            output.record(new Row(scenario.name(), row));
        }
        output.say(String.format(
                Locale.ROOT,
                "Written in %.1f s: %s",
                (System.nanoTime() - begun) / NANOS_PER_SECOND,
                String.join(", ", written)));
    }

    private void progress(int done, int runs) {
        if (done < runs && done * 5L / runs > (done - 1) * 5L / runs) {
            output.status("  " + done + " of " + runs + " runs");
        }
    }

    private <T> T unlessWrong(String prefix, Supplier<T> step) {
        try {
            return step.get();
        } catch (ScenarioException e) {
            throw complaint.apply(prefix + Failures.oneLine(e));
        }
    }

    /** A line of JSON output. */
    private record Row(String scenario, Map<String, Object> run) {}
}
