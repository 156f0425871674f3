package io.grasp.api;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import reactor.util.context.ContextView;

/**
 * Restores the thread-locals in a subscriber's Reactor Context, such as the observation that becomes a session's
 * parent. They are set while a call begins on the loop, and while the loop calls a function or publisher of the
 * subscriber, if {@code io.micrometer:context-propagation} is on the class path.
 */
final class CallerContext {
    private static final boolean CAN_PROPAGATE = canPropagate();

    private CallerContext() {}

    /** Runs an action with these thread-locals. */
    static void run(ContextView context, Runnable action) {
        if (CAN_PROPAGATE && !context.isEmpty()) {
            Propagation.run(context, action);
        } else {
            action.run();
        }
    }

    /**
     * Looks for the library and its extensions on the class path before the first call on a loop, which must not read
     * files.
     */
    private static boolean canPropagate() {
        try {
            return Propagation.isReady();
        } catch (LinkageError absent) {
            return false;
        }
    }

    /** Loaded only if the library is present. */
    private static final class Propagation {
        private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder()
                .contextRegistry(ContextRegistry.getInstance())
                .build();

        private Propagation() {}

        static boolean isReady() {
            return SNAPSHOTS != null;
        }

        static void run(ContextView context, Runnable action) {
            try (ContextSnapshot.Scope theirs = SNAPSHOTS.setThreadLocalsFrom(context)) {
                action.run();
            }
        }
    }
}
