package io.grasp.engine.node;

/** An operation in progress that can be cancelled. */
@FunctionalInterface
public interface Cancellable {
    /**
     * Cancels the operation: its listener is not called again. Called on the loop; a second call, or a call after the
     * end, does nothing.
     */
    void cancel();
}
