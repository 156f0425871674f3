package io.grasp.substrate.sim;

import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.ReplyPath;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The return path on a datagram link: a connection to the source of the datagram. */
record ReplyByConnection(Attachment here, Attachment origin) implements ReplyPath, ConnectionListener {
    @Override
    public InetSocketAddress source() {
        InetAddress address = SimAddresses.scoped(origin.linkLocalAddress(), here.index());
        return new InetSocketAddress(address, origin.node().port());
    }

    @Override
    public Connection open(ConnectionListener listener) {
        Locator locator = new Locator.Ipv6((Inet6Address) source().getAddress(), Locator.TCP, source().getPort());
        return here.node().connect(locator, here.index(), listener);
    }

    @Override
    public void reply(byte[] message, Completion sent) {
        Connection connection = open(this);
        connection.send(message, sent);
        connection.close();
    }

    @Override
    public void opened() {
        // the reply is already queued
    }

    @Override
    public void received(byte[] bytes) {
        // a reply gets no answer
    }

    @Override
    public void inputEnded() {
        // this side closes on its own
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        // the completion has reported the result
    }
}
