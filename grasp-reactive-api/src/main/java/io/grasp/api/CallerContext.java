package io.grasp.api;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import reactor.util.context.ContextView;

/**
 * What a subscriber's Reactor Context holds of thread-locals, such as the observation that is a session's parent: theirs
 * while a call begins on the loop, if {@code io.micrometer:context-propagation} is on the class path.
 */
final class CallerContext {
    private static final boolean CAN_PROPAGATE = canPropagate();

    private CallerContext() {}

    /** {@return a task that runs another one with these thread-locals} */
    static Runnable around(ContextView context, Runnable call) {
        return CAN_PROPAGATE && !context.isEmpty() ? Propagation.around(context, call) : call;
    }

    /** Looks for it, and for what it finds on the class path, before the first call on a loop, which must not read files. */
    private static boolean canPropagate() {
        try {
            return Propagation.isReady();
        } catch (LinkageError absent) {
            return false;
        }
    }

    /** Loaded only where the library is. */
    private static final class Propagation {
        private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder()
                .contextRegistry(ContextRegistry.getInstance())
                .build();

        static boolean isReady() {
            return SNAPSHOTS != null;
        }

        static Runnable around(ContextView context, Runnable call) {
            return () -> {
                try (ContextSnapshot.Scope theirs = SNAPSHOTS.setThreadLocalsFrom(context)) {
                    call.run();
                }
            };
        }
    }
}
