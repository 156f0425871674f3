package io.grasp.engine.extension;

import io.grasp.engine.node.Activity;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.NodeFailure;
import io.grasp.engine.node.Owner;
import io.grasp.engine.node.SafeCallbacks;
import io.grasp.model.GraspException;
import io.grasp.util.LazyMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The handlers of messages or options, by number; RFC 8990 has one registry of numbers for both (section 5). A handler
 * is removed when its ASA is deregistered.
 */
final class ExtensionHandlers<T> {
    private final Map<Integer, Set<ExtensionHandler<T>>> all = new LazyMap<>();

    Cancellable add(Owner asa, int type, ExtensionHandler<T> handler) {
        all.computeIfAbsent(type, each -> new LinkedHashSet<>()).add(handler);
        return new Handling(asa, type, handler);
    }

    private void remove(int type, ExtensionHandler<T> handler) {
        Set<ExtensionHandler<T>> same = all.get(type);
        if (same != null && same.remove(handler) && same.isEmpty()) {
            all.remove(type);
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean contains(int type) {
        return all.containsKey(type);
    }

    /** {@return whether one of the handlers has accepted it} An exception of one handler does not affect the others. */
    boolean offer(int type, T received) {
        boolean[] taken = {false};
        for (ExtensionHandler<T> handler : List.copyOf(all.getOrDefault(type, Set.of()))) {
            SafeCallbacks.run(() -> taken[0] |= handler.received(received));
        }
        return taken[0];
    }

    /** One handler of an ASA. */
    private final class Handling extends Activity {
        private final int type;
        private final ExtensionHandler<T> handler;

        Handling(Owner asa, int type, ExtensionHandler<T> handler) {
            super(asa);
            this.type = type;
            this.handler = handler;
        }

        @Override
        public void cancel() {
            if (leave()) {
                remove(type, handler);
            }
        }

        @Override
        public void end(GraspException reason) {
            if (!isEnded()) {
                cancel();
                if (NodeFailure.isReason(reason)) {
                    handler.failed(reason);
                } else {
                    handler.stopped();
                }
            }
        }
    }
}
