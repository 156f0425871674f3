package io.grasp.simulation;

import io.grasp.model.Security;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;

/** A node that runs, but does nothing. */
final class Deaf implements SubstrateListener {
    @Override
    public void linkUp(Link link) {}

    @Override
    public void linkDown(Link link) {}

    @Override
    public void linkFailed(String name, Throwable cause) {}

    @Override
    public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {}

    @Override
    public ConnectionListener accepted(Connection connection) {
        throw new AssertionError("no connection is expected");
    }

    @Override
    public void securityChanged(Security security) {}
}
