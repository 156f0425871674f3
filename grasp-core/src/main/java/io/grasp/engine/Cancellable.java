package io.grasp.engine;

/** Something under way that can be given up. */
@FunctionalInterface
public interface Cancellable {
    /**
     * Gives it up: nothing more is told of it. Called on the loop; calling it again, or after the end, does nothing.
     */
    void cancel();
}
