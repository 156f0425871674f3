package io.grasp.api;

import io.grasp.engine.node.Cancellable;
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

    /** {@return a source that starts another one with these thread-locals} */
    static <T> LoopFlux.Source<T> around(ContextView context, LoopFlux.Source<T> source) {
        return CAN_PROPAGATE && !context.isEmpty() ? new Propagation<>(context, source) : source;
    }

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
    private record Propagation<T>(ContextView context, LoopFlux.Source<T> source) implements LoopFlux.Source<T> {
        private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder()
                .contextRegistry(ContextRegistry.getInstance())
                .build();

        static boolean isReady() {
            return SNAPSHOTS != null;
        }

        static void run(ContextView context, Runnable action) {
            try (ContextSnapshot.Scope theirs = SNAPSHOTS.setThreadLocalsFrom(context)) {
                action.run();
            }
        }

        @Override
        public Cancellable start(LoopEmitter<T> emitter) {
            try (ContextSnapshot.Scope theirs = SNAPSHOTS.setThreadLocalsFrom(context)) {
                return source.start(emitter);
            }
        }

        @Override
        public void abandoned() {
            source.abandoned();
        }
    }
}
