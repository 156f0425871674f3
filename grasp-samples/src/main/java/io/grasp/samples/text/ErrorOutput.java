package io.grasp.samples.text;

import io.grasp.util.PrintableText;
import java.io.PrintWriter;

/** The errors and warnings of a command, one printable line each. */
public final class ErrorOutput {
    private final PrintWriter err;

    public ErrorOutput(PrintWriter err) {
        this.err = err;
    }

    public void error(String what) {
        line("grasp: " + what);
    }

    public void warning(String what) {
        line("grasp: warning: " + what);
    }

    public void line(String line) {
        err.println(PrintableText.of(line));
        err.flush();
    }
}
