package io.grasp.api;

import io.grasp.engine.node.Cancellable;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import reactor.util.context.ContextView;

/**
 * What a subscriber's Reactor Context holds of thread-locals, such as the observation that is a session's parent: set
 * while a call begins on the loop, and while the loop calls a function or publisher of the subscriber's, if
 * {@code io.micrometer:context-propagation} is on the class path.
 */
final class CallerContext {
    private static final boolean CAN_PROPAGATE = canPropagate();

    private CallerContext() {}

    /** {@return a source that starts another one with these thread-locals} */
    static <T> LoopFlux.Source<T> around(ContextView context, LoopFlux.Source<T> source) {
        return CAN_PROPAGATE && !context.isEmpty() ? new Propagation<>(context, source) : source;
    }

    /** Does something with these thread-locals. */
    static void run(ContextView context, Runnable action) {
        if (CAN_PROPAGATE && !context.isEmpty()) {
            Propagation.run(context, action);
        } else {
            action.run();
        }
    }

    /**
     * Looks for it, and for what it finds on the class path, before the first call on a loop, which must not read
     * files.
     */
    private static boolean canPropagate() {
        try {
            return Propagation.isReady();
        } catch (LinkageError absent) {
            return false;
        }
    }

    /** Loaded only where the library is. */
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
