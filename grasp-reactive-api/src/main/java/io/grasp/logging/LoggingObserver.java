package io.grasp.logging;

import io.grasp.observe.GraspObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Logs what nodes do through SLF4J. One observer serves any number of nodes. Immutable: each {@code with...} returns a
 * changed copy.
 *
 * {@snippet class="io.grasp.snippets.ApiSnippets" region="logging"}
 *
 * <p>The application needs {@code slf4j-api} and a provider, such as Logback. The loggers are {@value #NODE},
 * {@value #LINK}, {@value #SECURITY}, {@value #SESSION}, {@value #ASA}, {@value #DROP} and {@value #MESSAGE};
 * docs/logging.md lists the events and their levels. Each event is one line: control characters and other invisible
 * ones, also those that peers send, are escaped as {@code \}{@code u} and four hex digits.
 *
 * <p>Events that a peer can cause at any rate have a bounded number of lines: the first ones of a kind are logged at
 * once, and the others are counted. After an {@linkplain #withInterval interval} one line has their number. It comes
 * with the next event of the node, or when the node is closed: no timer and no thread is used. Only the logger
 * {@value #MESSAGE} has a line for each message; it logs at TRACE.
 *
 * <p>The lines are written on the node's loop, so the provider must not block for long; use an asynchronous appender
 * where the disk is slow.
 */
public final class LoggingObserver implements GraspObserver {
    /** Start, end and failure of the node, its memory, and connections that cannot be accepted. */
    public static final String NODE = "io.grasp.node";

    /** Links: up, down, failures and warnings. */
    public static final String LINK = "io.grasp.link";

    /** The protection of the links, the node's identity, refused peers, contested floods. */
    public static final String SECURITY = "io.grasp.security";

    /** Sessions: beginning, end, failure. */
    public static final String SESSION = "io.grasp.session";

    /** Failures of the handlers of ASAs, and values with unknown fields. */
    public static final String ASA = "io.grasp.asa";

    /** Messages and connections that the node has dropped, by reason. */
    public static final String DROP = "io.grasp.drop";

    /** All messages, in diagnostic notation. */
    public static final String MESSAGE = "io.grasp.message";

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ILoggerFactory loggers;
    private final String prefix;
    private final Duration interval;

    private LoggingObserver(ILoggerFactory loggers, String prefix, Duration interval) {
        this.loggers = loggers;
        this.prefix = prefix;
        this.interval = interval;
    }

    /** {@return an observer that uses the loggers of the application's SLF4J provider, and sums up once a minute} */
    public static LoggingObserver create() {
        return new LoggingObserver(LoggerFactory.getILoggerFactory(), "", MINUTE);
    }

    /**
     * An observer that uses other loggers, for example of a test or of a command line.
     *
     * @param loggers returns the loggers by their names
     * @return the observer
     */
    @SuppressWarnings("exports") // SLF4J is optional
    public static LoggingObserver to(ILoggerFactory loggers) {
        return new LoggingObserver(loggers, "", MINUTE);
    }

    /**
     * This observer with a name at the beginning of each line, which distinguishes the nodes of a process.
     *
     * @param node the name
     * @return the changed observer
     */
    public LoggingObserver withName(String node) {
        return new LoggingObserver(loggers, node + ": ", interval);
    }

    /**
     * This observer with another interval, in which events of one kind are summed up. The default is a minute.
     *
     * @param newInterval the interval, above zero
     * @return the changed observer
     * @throws IllegalArgumentException if it is zero or negative
     */
    public LoggingObserver withInterval(Duration newInterval) {
        if (newInterval.isZero() || newInterval.isNegative()) {
            throw new IllegalArgumentException("interval is " + newInterval + ", must be above zero");
        }
        return new LoggingObserver(loggers, prefix, newInterval);
    }

    @Override
    public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return new NodeLog(loggers, prefix, interval, nanoTime);
    }
}
