package io.grasp.substrate;

import org.jspecify.annotations.Nullable;

/** Called once, on the loop, when an operation has ended. */
@FunctionalInterface
public interface Completion {
    /** Does nothing. */
    Completion IGNORED = failure -> {};

    /**
     * The operation has ended.
     *
     * @param failure why it failed, or {@code null} if it succeeded
     */
    void done(@Nullable Throwable failure);
}
