package io.grasp.samples.node;

import io.grasp.logging.LoggingObserver;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.LogLines;
import java.time.Clock;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
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

    /** What is logged, if it can be changed later. */
    private @Nullable LogLevels adjustable;

    /** {@return what is logged; it can be changed after the observer was made} */
    LogLevels levels() {
        LogLevels levels = adjustable == null ? chosen() : adjustable;
        adjustable = levels;
        return levels;
    }

    /**
     * {@return the observer that logs what the user has asked for}
     *
     * @param err standard error
     * @param node the node's name, at the beginning of each line; may be empty
     */
    GraspObserver observer(ErrorOutput err, String node) {
        if (adjustable == null && verbose.length == 0 && !trace) {
            return GraspObserver.NONE;
        }
        LogLevels levels = levels();
        LoggingObserver lines = LoggingObserver.to(name -> new LogLines(
                name,
                name.equals(LoggingObserver.MESSAGE) ? level -> levels.messages() : levels::logs,
                err,
                Clock.system(ZoneId.systemDefault())));
        return node.isEmpty() ? lines : lines.withName(node);
    }

    private LogLevels chosen() {
        return new LogLevels(
                switch (verbose.length) {
                    case 0 -> trace ? LogLevels.Verbosity.ERROR : LogLevels.Verbosity.OFF;
                    case 1 -> LogLevels.Verbosity.INFO;
                    default -> LogLevels.Verbosity.DEBUG;
                },
                trace);
    }
}
