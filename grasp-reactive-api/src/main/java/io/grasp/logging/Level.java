package io.grasp.logging;

import org.slf4j.Logger;

/** The levels of lines, in calls that SLF4J 1 has too. */
enum Level {
    DEBUG {
        @Override
        boolean isEnabled(Logger logger) {
            return logger.isDebugEnabled();
        }

        @Override
        void log(Logger logger, String line) {
            logger.debug(line);
        }
    },
    INFO {
        @Override
        boolean isEnabled(Logger logger) {
            return logger.isInfoEnabled();
        }

        @Override
        void log(Logger logger, String line) {
            logger.info(line);
        }
    },
    WARN {
        @Override
        boolean isEnabled(Logger logger) {
            return logger.isWarnEnabled();
        }

        @Override
        void log(Logger logger, String line) {
            logger.warn(line);
        }
    };

    abstract boolean isEnabled(Logger logger);

    abstract void log(Logger logger, String line);
}
