package io.grasp.api;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.IncompleteExecutionException;

/** Adds the name of the substrate to each failure of a {@link ContractTest}: reports only number them. */
final class NamesSubstrate implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw named(context, failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw named(context, failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw named(context, failure);
    }

    private static Throwable named(ExtensionContext context, Throwable failure) {
        if (failure instanceof IncompleteExecutionException) {
            return failure; // a skipped test
        }
        TestSubstrate substrate = ((ContractTest) context.getRequiredTestInstance()).substrate;
        AssertionError named = new AssertionError("on " + substrate + ": " + failure.getMessage(), failure);
        named.setStackTrace(failure.getStackTrace()); // reports show the line of the test
        return named;
    }
}
