package io.grasp.substrate.sim;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.NamedConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of a network, and connections to them. A lookup takes no time, but its result is delivered on a later turn.
 */
final class NameTable {
    private final Map<String, List<InetAddress>> names = new HashMap<>();

    boolean isEmpty() {
        return names.isEmpty();
    }

    void put(String name, InetAddress... addresses) {
        names.put(name, List.of(addresses));
    }

    static Connection connect(SimNode node, Locator.Fqdn name, ConnectionListener listener) {
        return NamedConnection.open(
                node.loop(),
                InetSocketAddress.createUnresolved(name.name(), name.port()),
                (host, answer) -> node.network().names().resolve(node, host, answer),
                resolved -> node.listener().isPeer(resolved),
                (remote, inner) ->
                        node.connect(Locator.of(remote.getAddress(), Locator.TCP, remote.getPort()), 0, inner),
                listener,
                gone -> {});
    }

    private Runnable resolve(SimNode node, String host, NamedConnection.Answer answer) {
        node.loop().execute(() -> {
            List<InetAddress> found = names.getOrDefault(host, List.of());
            GraspException unknown = found.isEmpty()
                    ? GraspException.transport(GraspErrorCode.INVALID_LOCATOR, "there is no host " + host, null)
                    : null;
            answer.found(found, unknown);
        });
        return () -> {}; // a stopped search ignores the answer
    }
}
