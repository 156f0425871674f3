package io.grasp.substrate.sim;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NamedConnection;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of a network, and their addresses. A lookup takes no time, but its result is delivered on a later turn.
 */
final class NameTable {
    private final Map<String, List<InetAddress>> names = new HashMap<>();

    boolean isEmpty() {
        return names.isEmpty();
    }

    void put(String name, InetAddress... addresses) {
        names.put(name, List.of(addresses));
    }

    /** Looks a name up, and answers on a later turn of the loop. */
    Runnable resolve(Loop loop, String host, NamedConnection.Answer answer) {
        loop.execute(() -> {
            List<InetAddress> found = names.getOrDefault(host, List.of());
            GraspException unknown = found.isEmpty()
                    ? GraspException.transport(GraspErrorCode.INVALID_LOCATOR, "there is no host " + host)
                    : null;
            answer.found(found, unknown);
        });
        return () -> {}; // a stopped search ignores the answer
    }
}
