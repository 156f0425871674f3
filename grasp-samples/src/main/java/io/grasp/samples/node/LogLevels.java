package io.grasp.samples.node;

import org.slf4j.event.Level;

/** What a node logs to standard error; it can be changed while the node runs, by any thread. */
public final class LogLevels {
    private volatile Verbosity verbosity;
    private volatile boolean messages;

    /** How much is logged. */
    public enum Verbosity {
        /** Nothing. */
        OFF,
        /** The failure of the node. */
        ERROR,
        /** Also what deserves attention. */
        WARN,
        /** Also what the node does. */
        INFO,
        /** Also sessions. */
        DEBUG
    }

    /**
     * What is logged first.
     *
     * @param verbosity how much
     * @param messages whether each message is logged, in diagnostic notation
     */
    public LogLevels(Verbosity verbosity, boolean messages) {
        this.verbosity = verbosity;
        this.messages = messages;
    }

    /** {@return how much is logged, apart from messages} */
    public Verbosity verbosity() {
        return verbosity;
    }

    /** {@return whether each message is logged} */
    public boolean messages() {
        return messages;
    }

    /** Changes what is logged. */
    public void set(Verbosity newVerbosity, boolean newMessages) {
        verbosity = newVerbosity;
        messages = newMessages;
    }

    /** {@return whether a level is logged, apart from messages} */
    boolean logs(Level level) {
        return switch (verbosity) {
            case OFF -> false;
            case ERROR -> level.toInt() >= Level.ERROR.toInt();
            case WARN -> level.toInt() >= Level.WARN.toInt();
            case INFO -> level.toInt() >= Level.INFO.toInt();
            case DEBUG -> level.toInt() >= Level.DEBUG.toInt();
        };
    }
}
