package io.grasp.samples.text;

import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;

/**
 * A logger of a command: each event is a line with the time (except in systemd's journal), the level, and the last
 * part of the logger's name.
 */
public final class LogLines extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private final transient Predicate<Level> levels;
    private final transient ErrorOutput err;
    private final transient Clock clock;

    /**
     * @param name the logger's name
     * @param levels whether a level is written; asked before each line
     * @param err receives the lines
     * @param clock the time of the lines
     */
    public LogLines(String name, Predicate<Level> levels, ErrorOutput err, Clock clock) {
        this.name = name;
        this.levels = levels;
        this.err = err;
        this.clock = clock;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return LogLines.class.getName();
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String message,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        String shortName = name.substring(name.lastIndexOf('.') + 1);
        String why = failure == null ? "" : " " + failure;
        String time = err.isJournal() ? "" : TIME.format(LocalTime.now(clock)) + " ";
        err.line(level, String.format(Locale.ROOT, "%s%-5s %-8s %s%s", time, level, shortName, message, why));
        if (failure != null) {
            for (StackTraceElement each : failure.getStackTrace()) {
                err.line(level, "    at " + each);
            }
        }
    }

    @Override
    public boolean isTraceEnabled() {
        return levels.test(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return levels.test(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return levels.test(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return levels.test(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return levels.test(Level.ERROR);
    }
}
