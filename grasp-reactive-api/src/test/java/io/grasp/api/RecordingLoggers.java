package io.grasp.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;

/** Loggers whose lines a test reads: the time in milliseconds, the level, the end of the logger's name, the message. */
final class RecordingLoggers implements ILoggerFactory {
    final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final LongSupplier nanoTime;
    Level threshold;

    RecordingLoggers(Level threshold, LongSupplier nanoTime) {
        this.threshold = threshold;
        this.nanoTime = nanoTime;
    }

    /** {@return the lines since the last call} */
    List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    @Override
    public Logger getLogger(String name) {
        return new Recorder(name.substring(name.lastIndexOf('.') + 1));
    }

    private final class Recorder extends LegacyAbstractLogger {
        private final String shortName;

        Recorder(String shortName) {
            this.shortName = shortName;
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String message, Object[] arguments, Throwable throwable) {
            lines.add(nanoTime.getAsLong() / 1_000_000 + " " + level + " " + shortName + " " + message
                    + (throwable == null ? "" : " " + throwable));
        }

        private boolean has(Level level) {
            return level.toInt() >= threshold.toInt();
        }

        @Override
        public boolean isTraceEnabled() {
            return has(Level.TRACE);
        }

        @Override
        public boolean isDebugEnabled() {
            return has(Level.DEBUG);
        }

        @Override
        public boolean isInfoEnabled() {
            return has(Level.INFO);
        }

        @Override
        public boolean isWarnEnabled() {
            return has(Level.WARN);
        }

        @Override
        public boolean isErrorEnabled() {
            return has(Level.ERROR);
        }
    }
}
