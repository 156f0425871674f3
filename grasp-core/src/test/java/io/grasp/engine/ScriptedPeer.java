package io.grasp.engine;

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
import io.grasp.wire.MessageEncoder;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A neighbor without an engine: it sends whatever a test requires, well-formed or not, and records what it receives. */
public final class ScriptedPeer implements SubstrateListener {
    public final SimNode node;
    /** The well-formed messages that it receives on the link, including its own. */
    public final List<GraspMessage> multicasts = new ArrayList<>();

    /** The messages of other nodes on the link, byte for byte. */
    public final List<byte[]> heard = new ArrayList<>();

    public final List<Wire> accepted = new ArrayList<>();
    private Link link;
    private ReplyPath back;

    public ScriptedPeer(SimNode node) {
        this.node = node;
        node.loop().execute(() -> node.start(this, failure -> {}));
    }

    public void multicast(GraspMessage message) {
        multicast(MessageEncoder.encode(message));
    }

    public void multicast(byte[] bytes) {
        node.loop().execute(() -> link.multicast(bytes, failure -> {}));
    }

    /** Answers the last received message. */
    public void reply(GraspMessage message) {
        node.loop().execute(() -> back.reply(MessageEncoder.encode(message), failure -> {}));
    }

    /** Connects to a node. */
    public Wire connect(SimNode to) {
        return connect(new Locator.Ipv6((Inet6Address) to.addresses().get(0), Locator.TCP, to.port()));
    }

    /** Connects to an address; a link-local one is on its link. */
    public Wire connect(Locator.Ipv6 to) {
        Wire wire = new Wire();
        node.loop()
                .execute(() ->
                        wire.connection = node.connect(to, to.address().isLinkLocalAddress() ? link.index() : 0, wire));
        return wire;
    }

    public InetAddress linkLocalAddress() {
        return link.linkLocalAddress();
    }

    @Override
    public void linkUp(Link up) {
        link = up;
    }

    @Override
    public void linkDown(Link down) {}

    @Override
    public void linkFailed(String name, Throwable cause) {}

    @Override
    public void linkMessage(Link on, byte[] message, ReplyPath replyPath) {
        if (!replyPath.source().getAddress().equals(link.linkLocalAddress())) {
            heard.add(message);
            back = replyPath;
        }
        try {
            multicasts.add(new MessageDecoder(CborLimits.DEFAULT).decode(message));
        } catch (MalformedMessageException e) {
            // an invalid message of the test itself came back
        }
    }

    @Override
    public ConnectionListener accepted(Connection connection) {
        Wire wire = new Wire();
        wire.connection = connection;
        accepted.add(wire);
        return wire;
    }

    @Override
    public void securityChanged(Security security) {}

    public static GraspMessage decode(byte[] message) {
        try {
            return new MessageDecoder(CborLimits.DEFAULT).decode(message);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    /** One of its connections. */
    public final class Wire implements ConnectionListener {
        public final List<GraspMessage> received = new ArrayList<>();
        /** The same, byte for byte. */
        public final List<byte[]> bytes = new ArrayList<>();

        Connection connection;
        public boolean inputEnded;
        public boolean closed;
        Throwable failure;

        public void send(GraspMessage message) {
            send(MessageEncoder.encode(message));
        }

        public void send(byte[] bytes) {
            node.loop().execute(() -> connection.send(bytes, failure -> {}));
        }

        public void close() {
            node.loop().execute(() -> connection.close());
        }

        public void abort() {
            node.loop().execute(() -> connection.abort());
        }

        @Override
        public void opened() {}

        @Override
        public void received(byte[] message) {
            bytes.add(message);
            received.add(decode(message));
        }

        @Override
        public void inputEnded() {
            inputEnded = true;
            connection.close();
        }

        @Override
        public void closed(Throwable why) {
            failure = why;
            closed = true;
        }
    }
}
