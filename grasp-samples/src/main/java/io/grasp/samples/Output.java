package io.grasp.samples;

import java.io.PrintWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command prints: results to standard output, as lines for a person or as one JSON object a line; talk to
 * standard output for a person, and nowhere with JSON.
 */
final class Output implements Talk {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PrintWriter out;
    private final boolean json;

    Output(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Prints a result: the record's components are the JSON object's fields. */
    void result(Record result, String words) {
        line(json ? JSON.writeValueAsString(result) : words);
    }

    @Override
    public void say(String line) {
        if (!json) {
            line(line);
        }
    }

    private void line(String line) {
        out.println(line);
        out.flush();
    }
}
