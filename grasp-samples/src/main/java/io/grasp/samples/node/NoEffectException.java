package io.grasp.samples.node;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * An option has no effect on what the command does. On the command line that is an error; in a file with options for
 * all commands it is not.
 */
public final class NoEffectException extends ParameterException {
    private static final long serialVersionUID = 1;

    private final String option;

    NoEffectException(CommandLine command, String option, String message) {
        super(command, message);
        this.option = option;
    }

    /** {@return the name of the option} */
    public String option() {
        return option;
    }
}
