package io.grasp.substrate.sim;

import io.grasp.model.Security;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records the events of a substrate and its connections, with their times: {@code "15 b received 3"}. */
final class Recorder implements SubstrateListener {
    /** Handles a received message. */
    interface OnMessage {
        void message(Link link, byte[] message, ReplyPath replyPath);
    }

    /** Handles a received unicast datagram. */
    interface OnUnicast {
        void message(byte[] message, ReplyPath replyPath);
    }

    private final Loop loop;
    private final SimNode node;
    private final List<String> log;
    private final List<Link> links = new ArrayList<>();
    private final List<Connection> accepted = new ArrayList<>();
    private OnMessage onMessage = (link, message, replyPath) -> {};
    private OnUnicast onUnicast = (message, replyPath) -> {};

    Recorder(Loop loop, SimNode node) {
        this(loop, node, new ArrayList<>());
    }

    Recorder(Loop loop, SimNode node, List<String> log) {
        this.loop = loop;
        this.node = node;
        this.log = log;
    }

    Recorder onMessage(OnMessage action) {
        onMessage = action;
        return this;
    }

    Recorder onUnicast(OnUnicast action) {
        onUnicast = action;
        return this;
    }

    Link link() {
        return links.get(0);
    }

    List<Link> links() {
        return links;
    }

    Connection accepted() {
        return accepted.get(0);
    }

    List<Connection> allAccepted() {
        return accepted;
    }

    void note(String what) {
        log.add(TimeUnit.NANOSECONDS.toMillis(loop.nanoTime()) + " " + node.name() + " " + what);
    }

    @Override
    public void linkUp(Link link) {
        links.add(link);
        note("linkUp " + link.name() + " " + link.index());
    }

    @Override
    public void linkDown(Link link) {
        links.remove(link);
        note("linkDown " + link.name() + " " + link.index());
    }

    @Override
    public void linkFailed(String name, Throwable cause) {
        note("linkFailed " + name);
    }

    @Override
    public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
        note("linkMessage " + link.name() + " " + message.length);
        onMessage.message(link, message, replyPath);
    }

    @Override
    public void unicastMessage(byte[] message, ReplyPath replyPath) {
        note("unicastMessage " + message.length);
        onUnicast.message(message, replyPath);
    }

    @Override
    public ConnectionListener accepted(Connection connection) {
        note("accepted");
        accepted.add(connection);
        return new End();
    }

    @Override
    public void securityChanged(Security security) {
        note(security.name());
    }

    /** {@return a listener that records the events of a connection} */
    ConnectionListener end() {
        return new End();
    }

    private final class End implements ConnectionListener {
        @Override
        public void opened() {
            note("opened");
        }

        @Override
        public void received(byte[] bytes) {
            note("received " + bytes.length);
        }

        @Override
        public void inputEnded() {
            note("inputEnded");
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            note(failure == null ? "closed" : "closed " + failure.getClass().getSimpleName());
        }
    }
}
