package io.grasp.samples.text;

import io.grasp.util.PrintableText;
import java.io.PrintWriter;
import org.slf4j.event.Level;

/**
 * What a command prints beside its results: errors, warnings and notes, one printable line each. In systemd's journal
 * each has its priority, and needs no time.
 */
public final class ErrorOutput {
    private final PrintWriter err;

    public ErrorOutput(PrintWriter err) {
        this.err = err;
    }

    public void error(String what) {
        line(Level.ERROR, "grasp: " + what);
    }

    public void warning(String what) {
        line(Level.WARN, "grasp: warning: " + what);
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
        line(Level.INFO, line);
    }

    /** Prints a line that is as important as this level. */
    void line(Level level, String line) {
        err.println((isJournal() ? Journal.prefix(level) : "") + PrintableText.of(line));
        err.flush();
    }

    /** {@return whether lines go to systemd's journal} */
    boolean isJournal() {
        return err instanceof StandardStream stream && stream.isJournal();
    }
}
