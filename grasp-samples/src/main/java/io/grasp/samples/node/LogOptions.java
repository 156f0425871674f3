package io.grasp.samples.node;

import io.grasp.logging.LoggingObserver;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.LogLines;
import java.time.Clock;
import java.time.ZoneId;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/** The options for logs, which go to standard error. */
public final class LogOptions {
    @Option(
            names = {"-v", "--verbose"},
            description = "Log what the node does to standard error; -vv also logs sessions.")
    private boolean[] verbose = {};

    @Option(names = "--trace", description = "Log every message to standard error, in diagnostic notation.")
    private boolean trace;

    public LogOptions() {}

    /**
     * {@return the observer that logs what the user has asked for}
     *
     * @param err standard error
     * @param node the node's name, at the beginning of each line; may be empty
     */
    GraspObserver observer(ErrorOutput err, String node) {
        if (verbose.length == 0 && !trace) {
            return GraspObserver.NONE;
        }
        LoggingObserver lines =
                LoggingObserver.to(name -> new LogLines(name, level(name), err, Clock.system(ZoneId.systemDefault())));
        return node.isEmpty() ? lines : lines.withName(node);
    }

    /** {@return the lowest level that a logger writes} */
    private Level level(String logger) {
        if (logger.equals(LoggingObserver.MESSAGE)) {
            return trace ? Level.TRACE : Level.ERROR;
        }
        return switch (verbose.length) {
            case 0 -> Level.ERROR;
            case 1 -> Level.INFO;
            default -> Level.DEBUG;
        };
    }
}
