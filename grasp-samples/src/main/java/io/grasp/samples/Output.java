package io.grasp.samples;

import java.io.PrintWriter;
import java.util.HexFormat;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command prints: results to standard output, as lines for a person or as one JSON object a line; talk to
 * standard output for a person, and nowhere with JSON.
 */
final class Output implements LineOutput {
    private static final JsonMapper JSON =
            // so that it does not depend on the terminal's character set
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final PrintWriter out;
    private final boolean json;

    Output(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Prints a result: the record's components are the JSON object's fields. */
    void result(Record result, String words) {
        line(json ? JSON.writeValueAsString(result) : printable(words));
    }

    /** Prints a result only as JSON, for what a person has been told in other words. */
    void record(Record result) {
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

    /** {@return a text as one line that cannot play tricks on a terminal: some of it comes from the network} */
    static String printable(String text) {
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
