package io.grasp.engine.channel;

import io.grasp.observe.MessagePath;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import org.jspecify.annotations.Nullable;

/** Accepts connections that peers open. */
@FunctionalInterface
public interface ConnectionAcceptor {
    /**
     * A connection has been opened to this node.
     *
     * @param localAsa the name of the ASA of this node at the other end, or {@code null} if that is not in this node
     * @return the listener of the connection from now on
     */
    ConnectionListener accept(Connection connection, MessagePath path, @Nullable String localAsa);
}
