package io.grasp.samples.text;

import io.grasp.util.PrintableText;
import java.io.PrintWriter;

/** What a command prints beside its results: errors, warnings and notes, one printable line each. */
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

    /** Prints what is neither an error nor a warning, and does not belong to the results. */
    public void note(String what) {
        line("grasp: " + what);
    }

    /** Asks for input, which follows on the same line. */
    public void prompt(String what) {
        err.print(PrintableText.of(what));
        err.flush();
    }

    /** Ends the line of a prompt that was not answered. */
    public void endPrompt() {
        err.println();
        err.flush();
    }

    public void line(String line) {
        err.println(PrintableText.of(line));
        err.flush();
    }
}
