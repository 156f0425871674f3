package io.grasp.engine.node;

/** Something under way that can be given up. */
@FunctionalInterface
public interface Cancellable {
    /**
     * Gives it up: its listener is not called again. Called on the loop; calling it again, or after the end, does
     * nothing.
     */
    void cancel();
}
