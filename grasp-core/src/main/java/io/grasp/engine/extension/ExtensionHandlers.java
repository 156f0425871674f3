package io.grasp.engine.extension;

import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.SafeCallbacks;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The handlers by number; messages and options share one registry of numbers. */
final class ExtensionHandlers<T> {
    private final Map<Integer, Set<ExtensionHandler<T>>> all = new LinkedHashMap<>();

    Cancellable add(int type, ExtensionHandler<T> handler) {
        all.computeIfAbsent(type, each -> new LinkedHashSet<>()).add(handler);
        return () -> {
            Set<ExtensionHandler<T>> same = all.get(type);
            if (same != null && same.remove(handler) && same.isEmpty()) {
                all.remove(type);
            }
        };
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean contains(int type) {
        return all.containsKey(type);
    }

    /** {@return whether one of the handlers has accepted it} An exception of one handler does not affect the others. */
    boolean tell(int type, T received) {
        boolean[] taken = {false};
        for (ExtensionHandler<T> handler : List.copyOf(all.getOrDefault(type, Set.of()))) {
            SafeCallbacks.run(() -> taken[0] |= handler.received(received));
        }
        return taken[0];
    }

    void stop() {
        List<ExtensionHandler<T>> told =
                all.values().stream().flatMap(Set::stream).toList();
        all.clear();
        told.forEach(handler -> SafeCallbacks.run(handler::stopped));
    }
}
