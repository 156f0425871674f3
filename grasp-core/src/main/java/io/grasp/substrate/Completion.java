package io.grasp.substrate;

import org.jspecify.annotations.Nullable;

/** Told once, on the loop, how an operation ended. */
@FunctionalInterface
public interface Completion {
    /** Tells nobody. */
    Completion IGNORED = failure -> {};

    /**
     * The operation has ended.
     *
     * @param failure why it failed, or {@code null} if it succeeded
     */
    void done(@Nullable Throwable failure);
}
