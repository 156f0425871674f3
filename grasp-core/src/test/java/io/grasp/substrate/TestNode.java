package io.grasp.substrate;

import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.Security;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A substrate that records all its events. */
final class TestNode implements SubstrateListener {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(Link link, byte[] bytes, ReplyPath replyPath) {}

    private final Bench bench;
    private final String name;
    private final Substrate substrate;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final List<TestConnection> accepted = new CopyOnWriteArrayList<>();
    private final List<TestConnection> connections = new CopyOnWriteArrayList<>();
    private final List<SubstrateDrop> drops = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> droppedFrom = new CopyOnWriteArrayList<>();
    private volatile Predicate<InetAddress> serves = local -> true;
    private volatile Consumer<TestConnection> onAccepted = connection -> {};
    private volatile boolean closing;
    private volatile boolean closed;

    TestNode(Bench bench, String name, Substrate substrate) {
        this.bench = bench;
        this.name = name;
        this.substrate = substrate;
    }

    Substrate substrate() {
        return substrate;
    }

    TestNode start() {
        assertStarted(startOnly().awaitFailure());
        return this;
    }

    TestCompletion startOnly() {
        TestCompletion started = new TestCompletion(bench, "start of " + name);
        bench.onLoop(() -> substrate.start(this, started));
        return started;
    }

    private static void assertStarted(Throwable failure) {
        if (failure != null) {
            throw new AssertionError("not started", failure);
        }
    }

    TestCompletion close() {
        TestCompletion done = new TestCompletion(bench, "close of " + name);
        closing = true;
        bench.onLoop(() -> substrate.close(failure -> {
            closed = true;
            connections.stream()
                    .filter(connection -> !connection.was(TestConnection.CLOSED))
                    .forEach(connection -> bench.violation(name + " is closed, but not its " + connection));
            done.done(failure);
        }));
        return done;
    }

    Link link() {
        return links.get(0);
    }

    List<Link> links() {
        return List.copyOf(links);
    }

    TestCompletion multicast(byte[] message) {
        TestCompletion sent = new TestCompletion(bench, "a multicast by " + name);
        bench.onLoop(() -> {
            List<Link> all = links();
            if (all.isEmpty()) {
                sent.done(closing ? new IOException("no links") : null);
            }
            int[] left = {all.size()};
            Throwable[] first = new Throwable[1];
            all.forEach(link -> link.multicast(message, failure -> {
                first[0] = first[0] == null ? failure : first[0];
                if (--left[0] == 0) {
                    sent.done(first[0]);
                }
            }));
        });
        return sent;
    }

    boolean isOpen() {
        return !closing;
    }

    TestCompletion reply(Message message, byte[] reply) {
        TestCompletion sent = new TestCompletion(bench, "a reply by " + name);
        bench.onLoop(() -> message.replyPath.reply(reply, sent));
        return sent;
    }

    /** Sends a reply; {@return the completion of its end, when nothing is left of it} */
    TestCompletion replyUntilGone(Message message, byte[] reply, boolean giveUp) {
        TestCompletion gone = new TestCompletion(bench, "the end of a reply by " + name);
        TestCompletion sent = new TestCompletion(bench, "a reply by " + name);
        bench.onLoop(() -> {
            Runnable abort = message.replyPath.reply(reply, sent, () -> {
                if (!sent.isDone()) {
                    bench.violation("a reply by " + name + " has ended before its completion");
                }
                gone.done(null);
            });
            if (giveUp) {
                abort.run();
            }
        });
        return gone;
    }

    /** Sends a reply and gives it up at once. */
    TestCompletion replyAndGiveUp(Message message, byte[] reply) {
        TestCompletion sent = new TestCompletion(bench, "a reply by " + name);
        bench.onLoop(() -> message.replyPath.reply(reply, sent).run());
        return sent;
    }

    TestConnection connect(Locator locator, int linkIndex) {
        TestConnection connection = new TestConnection(bench, name + " to " + locator, true);
        connections.add(connection);
        bench.onLoop(() -> connection.attach(substrate.connect(locator, linkIndex, connection)));
        return connection;
    }

    /** {@return the first message with these bytes} */
    Message awaitMessage(byte[] bytes) {
        bench.await("a message at " + name, () -> count(bytes) > 0);
        return messages.stream()
                .filter(message -> Arrays.equals(message.bytes, bytes))
                .findFirst()
                .orElseThrow();
    }

    long count(byte[] bytes) {
        return messages.stream()
                .filter(message -> Arrays.equals(message.bytes, bytes))
                .count();
    }

    List<Message> messages() {
        return List.copyOf(messages);
    }

    TestConnection awaitAccepted(int index) {
        bench.await("connection " + index + " accepted by " + name, () -> accepted.size() > index);
        return accepted.get(index);
    }

    List<TestConnection> accepted() {
        return List.copyOf(accepted);
    }

    List<SubstrateDrop> drops() {
        return List.copyOf(drops);
    }

    List<InetSocketAddress> droppedFrom() {
        return List.copyOf(droppedFrom);
    }

    /** Serves peers at some addresses only. */
    void serves(Predicate<InetAddress> some) {
        serves = some;
    }

    /** Runs an action while a connection is being accepted. */
    void onAccepted(Consumer<TestConnection> action) {
        onAccepted = action;
    }

    static Locator locator(InetAddress address, int port) {
        return address instanceof Inet6Address ipv6
                ? new Locator.Ipv6(ipv6, Locator.TCP, port)
                : new Locator.Ipv4((Inet4Address) address, Locator.TCP, port);
    }

    @Override
    public void linkUp(Link link) {
        note("linkUp");
        links.add(link);
    }

    @Override
    public void linkDown(Link link) {
        note("linkDown");
        if (!links.remove(link)) {
            bench.violation("linkDown of a link that was not up at " + name);
        }
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        note("linkFailed");
    }

    @Override
    public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
        note("linkMessage");
        if (!links.contains(link)) {
            bench.violation("linkMessage on a link that is not up at " + name);
        }
        messages.add(new Message(link, message, replyPath));
    }

    @Override
    public boolean serves(InetAddress local) {
        note("serves");
        return serves.test(local);
    }

    @Override
    public void dropped(SubstrateDrop reason, Link link, InetSocketAddress peer, PeerIdentity identity) {
        note("dropped");
        droppedFrom.add(peer);
        drops.add(reason);
    }

    @Override
    public ConnectionListener accepted(Connection connection) {
        note("accepted");
        TestConnection end = new TestConnection(bench, name + " from " + connection.remote(), false);
        end.attach(connection);
        connections.add(end);
        onAccepted.accept(end);
        accepted.add(end);
        return end;
    }

    @Override
    public void securityChanged(Security security) {
        note("securityChanged");
    }

    private void note(String what) {
        bench.callback(what + " at " + name);
        if (closed) {
            bench.violation(what + " at " + name + " after it was closed");
        }
    }
}
