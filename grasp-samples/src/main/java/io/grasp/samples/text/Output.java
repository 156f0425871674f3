package io.grasp.samples.text;

import io.grasp.util.PrintableText;
import java.io.PrintWriter;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The output of a command: results go to standard output, as text or as one JSON object per line. What describes them
 * goes there, too, and is omitted with JSON. What the command is doing goes to standard error.
 */
public final class Output implements LineOutput {
    private static final JsonMapper JSON =
            // independent of the terminal's character set
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final PrintWriter out;
    private final boolean json;
    private final LineOutput status;
    private final Runnable whenReady;
    private final int columns;

    /** An output without status lines. */
    public Output(PrintWriter out, boolean json) {
        this(out, json, line -> {});
    }

    /**
     * An output.
     *
     * @param out standard output
     * @param json whether results are printed as JSON
     * @param status receives lines about what the command is doing, unless results are printed as JSON
     */
    public Output(PrintWriter out, boolean json, LineOutput status) {
        this(out, json, status, () -> {});
    }

    /**
     * An output.
     *
     * @param out standard output
     * @param json whether results are printed as JSON
     * @param status receives lines about what the command is doing, unless results are printed as JSON
     * @param whenReady is run when a command is ready, which runs until it is stopped; does not block
     */
    public Output(PrintWriter out, boolean json, LineOutput status, Runnable whenReady) {
        this.out = out;
        this.json = json;
        this.status = status;
        this.whenReady = whenReady;
        this.columns = out instanceof StandardStream stream ? stream.columns() : Terminal.UNBOUNDED;
    }

    /** {@return whether results are printed as JSON} */
    public boolean isJson() {
        return json;
    }

    /** Prints a result: the record's components are the JSON object's fields. */
    public void result(Record result, String words) {
        line(json ? JSON.writeValueAsString(result) : words);
    }

    /** Prints a result only as JSON, if the text output already contains it in other words. */
    public void record(Record result) {
        if (json) {
            line(JSON.writeValueAsString(result));
        }
    }

    /** Says what the command is doing now. */
    public void status(String line) {
        if (!json) {
            status.say(line);
        }
    }

    /**
     * Says that a command is ready, which runs until it is stopped.
     *
     * @param command the name of the command
     * @param words what it is ready for
     */
    public void ready(String command, String words) {
        record(new Ready("ready", command));
        status(words);
        whenReady.run();
    }

    /** Prints a line in the flow of a text, which is wrapped on a terminal. */
    @Override
    public void say(String line) {
        if (!json) {
            WrappedText.lines(PrintableText.of(line), columns).forEach(this::line);
        }
    }

    private void line(String line) {
        out.println(PrintableText.of(line)); // JSON does not escape U+007F
        out.flush();
    }

    private record Ready(String event, String command) {}
}
