package io.grasp.samples.text;

import io.grasp.util.PrintableText;
import java.io.PrintWriter;
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

    @Override
    public void say(String line) {
        if (!json) {
            line(line);
        }
    }

    private void line(String line) {
        out.println(PrintableText.of(line)); // JSON does not escape U+007F
        out.flush();
    }
}
