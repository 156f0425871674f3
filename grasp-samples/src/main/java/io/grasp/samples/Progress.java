package io.grasp.samples;

import java.io.Console;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** How far something has come: a bar that moves on a terminal, now and then a line elsewhere. */
abstract class Progress {
    private static final int COLUMNS = 40;
    private static final int LINES = 5;

    /** Redraws the bar, or prints a line if it is time for one. */
    abstract void done(int runs, int failed);

    /** Takes the bar away, to make room for something else. */
    abstract void clear();

    /**
     * The right one for where this runs.
     *
     * @param talk where lines go; {@code null} to show nothing at all
     * @param terminal where the bar goes
     * @param runs how many runs there will be
     */
    static Progress of(@Nullable LineOutput talk, PrintWriter terminal, int runs) {
        if (talk == null || runs == 1) {
            return new Lines(line -> {}, runs);
        }
        return isTerminal() ? new Bar(terminal, runs) : new Lines(talk, runs);
    }

    /** Later JDKs than 17 have a console everywhere, which tells whether it is a terminal. */
    @SuppressWarnings("SystemConsoleNull") // null on JDK 17 to 21; what later ones give is asked below
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Lines for a log. */
    static final class Lines extends Progress {
        private final LineOutput talk;
        private final int runs;
        private int told;

        Lines(LineOutput talk, int runs) {
            this.talk = talk;
            this.runs = runs;
        }

        @Override
        void done(int done, int failed) {
            int due = (int) ((long) done * LINES / runs);
            if (due > told && done < runs) {
                told = due;
                talk.say(done + " of " + runs + " runs, " + failed + " failed");
            }
        }

        @Override
        void clear() {
            // lines stay
        }
    }

    /** A bar on a terminal. */
    static final class Bar extends Progress {
        private final PrintWriter terminal;
        private final int runs;

        Bar(PrintWriter terminal, int runs) {
            this.terminal = terminal;
            this.runs = runs;
        }

        @Override
        void done(int done, int failed) {
            int full = (int) ((long) done * COLUMNS / runs);
            terminal.print("\r[" + "#".repeat(full) + ".".repeat(COLUMNS - full) + "] " + done + " of " + runs
                    + " runs, " + failed + " failed");
            terminal.flush();
        }

        @Override
        void clear() {
            terminal.print("\r\u001b[K");
            terminal.flush();
        }
    }
}
