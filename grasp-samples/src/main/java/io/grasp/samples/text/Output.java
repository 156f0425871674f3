package io.grasp.samples.text;

import io.grasp.util.PrintableText;
import java.io.PrintWriter;
import java.util.List;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The output of a command: results go to standard output, as text or as one JSON object per line. What describes them
 * goes there, too, and is omitted with JSON. What the command is doing goes to standard error.
 */
public final class Output implements LineOutput {
    private static final JsonMapper JSON =
            // independent of the terminal's character set
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** The control sequences of ECMA-48 and xterm that pictures need, which all terminals of today have. */
    private static final String TO_THE_TOP = "\u001b[H";

    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";
    private static final String OTHER_SCREEN = "\u001b[?1049h";
    private static final String USUAL_SCREEN = "\u001b[?1049l";
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";

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

    /** {@return the width of the terminal, {@link Terminal#UNBOUNDED} if the output is not one} */
    public int columns() {
        return columns;
    }

    /** {@return whether results are printed as JSON} */
    public boolean isJson() {
        return json;
    }

    /** Prints a result: the record's components are the JSON object's fields. */
    public void result(Record result, String words) {
        line(json ? JSON.writeValueAsString(result) : words);
    }

    /**
     * Prints a result that is JSON already.
     *
     * @param result the result
     * @param words the same as text
     */
    public void result(JsonNode result, String words) {
        line(json ? JSON.writeValueAsString(result) : words);
    }

    /** Prints the picture of a terminal: the lines in place of those before. The lines must not be wider than it. */
    public void picture(List<String> lines) {
        StringBuilder picture = new StringBuilder(TO_THE_TOP);
        String separator = "";
        for (String line : lines) {
            picture.append(separator).append(PrintableText.of(line)).append(CLEAR_LINE);
            separator = "\n";
        }
        out.print(picture + CLEAR_REST);
        out.flush();
    }

    /** Takes the screen of a terminal for pictures. */
    public void takeScreen() {
        out.print(OTHER_SCREEN + HIDE_CURSOR);
        out.flush();
    }

    /** Gives the screen back: it shows what it had before. */
    public void releaseScreen() {
        out.print(SHOW_CURSOR + USUAL_SCREEN);
        out.flush();
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
