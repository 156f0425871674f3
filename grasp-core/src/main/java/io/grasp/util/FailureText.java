package io.grasp.util;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Describes failures of an ASA's own code. The methods of its exceptions are its code, too, and may fail as well. */
public final class FailureText {
    private FailureText() {}

    /** {@return what a failure says of itself; the name of its class if it fails to say anything} */
    public static String of(Throwable failure) {
        return of(failure, Throwable::toString);
    }

    /**
     * Calls a method of a failure.
     *
     * @param failure the failure
     * @param method describes it
     * @return the text; the name of the failure's class if the method fails, or returns {@code null}
     * @throws VirtualMachineError unless it is a {@link StackOverflowError}, as the description of the failure
     */
    public static String of(Throwable failure, Function<? super Throwable, @Nullable String> method) {
        String text = null;
        try {
            text = method.apply(failure);
        } catch (Throwable e) {
            if (e instanceof VirtualMachineError error && !(e instanceof StackOverflowError)) {
                throw error;
            }
        }
        return text == null ? failure.getClass().getName() : text;
    }
}
