package io.grasp.samples.text;

import java.io.PrintWriter;
import java.util.HexFormat;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The output of a command: results go to standard output, as text or as one JSON object per line; other lines go to
 * standard output, and are omitted with JSON.
 */
public final class Output implements LineOutput {
    private static final JsonMapper JSON =
            // independent of the terminal's character set
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final PrintWriter out;
    private final boolean json;

    public Output(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Prints a result: the record's components are the JSON object's fields. */
    public void result(Record result, String words) {
        line(json ? JSON.writeValueAsString(result) : printable(words));
    }

    /** Prints a result only as JSON, if the text output already contains it in other words. */
    public void record(Record result) {
        if (json) {
            line(JSON.writeValueAsString(result));
        }
    }

    @Override
    public void say(String line) {
        if (!json) {
            line(printable(line));
        }
    }

    /** {@return a text as one line without terminal control characters, because parts of it come from the network} */
    public static String printable(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                line.append("\\u").append(HexFormat.of().toHexDigits((char) c));
            } else {
                line.append((char) c);
            }
        });
        return line.toString();
    }

    private void line(String line) {
        out.println(line);
        out.flush();
    }
}
