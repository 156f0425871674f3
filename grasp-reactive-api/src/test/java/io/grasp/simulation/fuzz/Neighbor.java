package io.grasp.simulation.fuzz;

import io.grasp.cbor.CborLimits;
import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A neighbor of the engine that sends what the script says, on its link and on any number of connections. */
final class Neighbor implements SubstrateListener {
    final SimNode node;
    final List<Wire> wires = new ArrayList<>();
    /** The messages that came on the link, except its own. */
    final List<GraspMessage> heard = new ArrayList<>();

    private @Nullable Link link;
    private @Nullable ReplyPath back;

    Neighbor(SimNode node) {
        this.node = node;
    }

    /** Called on the loop. */
    void start() {
        node.start(this, failure -> {});
    }

    void multicast(byte[] bytes) {
        if (link != null && bytes.length <= link.maxMulticastBytes()) {
            link.multicast(bytes, failure -> {});
        }
    }

    /** Answers the last message that another node sent on the link. */
    void reply(byte[] bytes) {
        if (back != null) {
            back.reply(bytes, failure -> {});
        }
    }

    /** {@return a new connection to a node} */
    Wire connect(SimNode to) {
        return connect((Inet6Address) to.addresses().get(0), to.port(), 0);
    }

    /** {@return a new connection to the link-local address of a node on the link} */
    Wire connectOnLink(SimNode to, Inet6Address address) {
        return connect(address, to.port(), link == null ? 0 : link.index());
    }

    private Wire connect(Inet6Address address, int port, int index) {
        Wire wire = new Wire();
        wire.connection = node.connect(new Locator.Ipv6(address, Locator.TCP, port), index, wire);
        wires.add(wire);
        return wire;
    }

    @Override
    public void linkUp(Link up) {
        link = up;
    }

    @Override
    public void linkDown(Link down) {
        link = null;
    }

    @Override
    public void linkFailed(String name, Throwable cause) {}

    @Override
    public void linkMessage(Link on, byte[] message, ReplyPath replyPath) {
        if (!replyPath.source().getAddress().equals(on.linkLocalAddress())) {
            back = replyPath;
            decode(message, heard);
        }
    }

    @Override
    public ConnectionListener accepted(Connection connection) {
        Wire wire = new Wire();
        wire.connection = connection;
        wires.add(wire);
        return wire;
    }

    @Override
    public void securityChanged(Security security) {}

    /** Does nothing with bytes that are not a message: items of raw channels, and what scripts send. */
    private static void decode(byte[] bytes, List<GraspMessage> to) {
        try {
            to.add(new MessageDecoder(CborLimits.DEFAULT).decode(bytes));
        } catch (MalformedMessageException e) {
            // none of the messages that a test waits for
        }
    }

    /** One of its connections, in either direction. */
    final class Wire implements ConnectionListener {
        final List<GraspMessage> received = new ArrayList<>();

        @Nullable
        Connection connection;

        boolean closed;

        void send(byte[] bytes) {
            if (!closed && connection != null) {
                connection.send(bytes, failure -> {});
            }
        }

        void close() {
            if (!closed && connection != null) {
                connection.close();
            }
        }

        void abort() {
            if (!closed && connection != null) {
                connection.abort();
            }
        }

        void reading(boolean on) {
            if (!closed && connection != null) {
                connection.reading(on);
            }
        }

        @Override
        public void opened() {}

        @Override
        public void received(byte[] bytes) {
            decode(bytes, received);
        }

        @Override
        public void inputEnded() {
            close();
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            closed = true;
        }
    }
}
