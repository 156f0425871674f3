package io.grasp.samples;

import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.Fault;
import io.grasp.simulation.trace.SequenceChart;
import io.grasp.util.FileErrorText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ParameterException;

/** An output file of a run. */
final class SimulationFile {
    private static final int MOST_ROWS = 20_000;

    private final Path path;
    private final Function<String, ParameterException> complaint;

    /** @param complaint makes an error from a description of the problem with the file */
    SimulationFile(Path path, Function<String, ParameterException> complaint) {
        this.path = path;
        this.complaint = complaint;
    }

    /** Checks whether the file can be written, before the run and without changing it. */
    void check(String... endings) {
        String name = path.toString();
        if (endings.length > 0 && List.of(endings).stream().noneMatch(name::endsWith)) {
            throw complaint.apply(name + " must end in one of " + String.join(", ", endings));
        }
        Path parent = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path)) {
            throw complaint.apply(name + " is a directory");
        }
        if (parent == null || !Files.isDirectory(parent)) {
            throw complaint.apply(name + " is in a directory that does not exist");
        }
        if (!Files.isWritable(Files.exists(path) ? path : parent)) {
            throw complaint.apply(name + " cannot be written");
        }
    }

    void chart(ChaosResult result, String command) {
        SequenceChart chart = result.trace().chart().withMaxRows(MOST_ROWS);
        String name = path.toString();
        String text = name.endsWith(".html")
                ? chart.html(
                        "GRASP simulation, seed " + result.config().seed(),
                        result.topology(),
                        "faults: " + Fault.text(result.faults()),
                        "hash " + result.hash(),
                        command)
                : chart.mermaid();
        write(out -> out.write(text));
    }

    void record(String page) {
        write(out -> out.write(page));
    }

    void trace(ChaosResult result) {
        write(out -> result.trace().write(out));
    }

    private void write(Content content) {
        try (BufferedWriter out = Files.newBufferedWriter(path)) {
            content.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException(path + " cannot be written: " + FileErrorText.reason(e), e);
        }
    }

    /** The content of the file. */
    @FunctionalInterface
    private interface Content {
        void writeTo(BufferedWriter out) throws IOException;
    }
}
