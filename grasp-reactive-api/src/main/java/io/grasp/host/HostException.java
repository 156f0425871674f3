package io.grasp.host;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a host cannot run an ASA, or has ended it: one sentence for an operator. It has no stack trace of its own. */
public final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        /** A file is not a jar of ASAs, or its classes cannot be loaded. */
        BAD_JAR,
        /** A line of the file that names the ASAs cannot be read. */
        BAD_LINE,
        /** Two sources have the same version of an ASA. */
        DUPLICATE,
        /** There is no ASA of this name, or not this version. */
        UNKNOWN,
        /** A setting names no parameter of the ASA, or its value does not fit. */
        BAD_SETTING,
        /** The ASA needs one that the host does not run. */
        MISSING_NEED,
        /** The ASA needs, through others, itself. */
        CYCLE,
        /** The ASA was not ready in time. */
        NOT_READY,
        /** A function of the ASA has not returned for too long. */
        BLOCKED,
        /** Too many tasks wait for the ASA's thread. */
        OVERLOADED,
        /** The ASA's own check has failed. */
        UNHEALTHY,
        /** The ASA has failed by itself. */
        FAILED,
        /** A handler of the ASA has failed, which ends its session or message only. */
        HANDLER
    }

    /** What has failed. */
    private final Kind kind;

    HostException(Kind kind, String sentence) {
        this(kind, sentence, null);
    }

    HostException(Kind kind, String sentence, @Nullable Throwable cause) {
        super(sentence, cause, false, false);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** {@return what is wrong} */
    public Kind kind() {
        return kind;
    }
}
