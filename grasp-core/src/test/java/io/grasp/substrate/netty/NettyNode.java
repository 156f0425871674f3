package io.grasp.substrate.netty;

import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.Security;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A substrate that records all its events; called from the thread of the test. */
final class NettyNode implements SubstrateListener, AutoCloseable {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(Link link, byte[] bytes, ReplyPath replyPath) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Unicast(byte[] bytes, ReplyPath replyPath) {}

    final NettySubstrate substrate;
    final List<Link> links = new CopyOnWriteArrayList<>();
    final List<String> linksDown = new CopyOnWriteArrayList<>();
    final List<String> linksFailed = new CopyOnWriteArrayList<>();
    final List<LinkWarning> warnings = new CopyOnWriteArrayList<>();
    final List<Message> messages = new CopyOnWriteArrayList<>();
    final List<Unicast> unicasts = new CopyOnWriteArrayList<>();
    final List<NettyPeer> accepted = new CopyOnWriteArrayList<>();
    final List<SubstrateDrop> drops = new CopyOnWriteArrayList<>();
    final List<InetSocketAddress> droppedFrom = new CopyOnWriteArrayList<>();
    volatile Predicate<InetAddress> serves = local -> true;
    volatile Predicate<InetSocketAddress> isPeer = SubstrateListener.super::isPeer;
    volatile Predicate<InetSocketAddress> makesRoom = peer -> false;
    volatile Consumer<Link> onLinkUp = link -> {};
    volatile Consumer<Link> onLinkDown = link -> {};
    volatile Consumer<Message> onMessage = message -> {};
    volatile Consumer<NettyPeer> onAccepted = peer -> {};

    private NettyNode(NettySubstrate substrate) {
        this.substrate = substrate;
    }

    static NettyNode of(NettySubstrate substrate) {
        return new NettyNode(substrate);
    }

    static NettyNode started(NettyConfig config) {
        return of(NettySubstrate.create(config)).start();
    }

    static NettyNode started(NettyLoop loop, NettyConfig config) {
        return of(NettySubstrate.on(loop, config)).start();
    }

    NettyNode start() {
        Throwable failure = startFailure();
        if (failure != null) {
            close();
            throw new AssertionError("not started", failure);
        }
        return this;
    }

    Throwable startFailure() {
        CompletableFuture<Throwable> started = new CompletableFuture<>();
        substrate.loop().execute(() -> substrate.start(this, started::complete));
        return Await.result("start", started);
    }

    <T> T call(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        substrate.loop().execute(() -> {
            try {
                result.complete(call.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return Await.result("a call on the loop", result);
    }

    /** Runs an action while the loop does not poll the interfaces. */
    void betweenTwoLooks(Runnable change) {
        hold(() -> {}, change);
    }

    /** Runs a task on the loop, and blocks the loop until an action on this thread has ended. */
    void hold(Runnable onLoop, Runnable meanwhile) {
        CompletableFuture<Boolean> held = new CompletableFuture<>();
        AtomicBoolean changed = new AtomicBoolean();
        CompletableFuture<Boolean> goesOn = new CompletableFuture<>();
        substrate.loop().execute(() -> {
            onLoop.run();
            held.complete(true);
            while (!changed.get()) {
                // Not by blocking: BlockHound makes that fail on a loop.
            }
            goesOn.complete(true);
        });
        Await.result("the loop to be held", held);
        try {
            meanwhile.run();
        } finally {
            changed.set(true);
        }
        Await.result("the loop to go on", goesOn);
    }

    Link link() {
        return links.get(0);
    }

    int port() {
        return call(substrate::port);
    }

    boolean isBroadcast(InetAddress address) {
        return call(() -> substrate.isBroadcast(address));
    }

    InetSocketAddress at(String address) {
        return new InetSocketAddress(address, port());
    }

    /** {@return why the multicast was not sent; {@code null} if it was} */
    Throwable multicast(Link link, byte[] message) {
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        substrate.loop().execute(() -> link.multicast(message, sent::complete));
        return Await.result("a multicast", sent);
    }

    /** {@return why the reply was not sent; {@code null} if it was} */
    Throwable reply(Message to, byte[] message) {
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        substrate.loop().execute(() -> to.replyPath().reply(message, sent::complete));
        return Await.result("a reply", sent);
    }

    NettyPeer connect(InetSocketAddress to) {
        return connect(to, peer -> {});
    }

    /** @param prepare sets what the peer does, before it can receive any event */
    NettyPeer connect(InetSocketAddress to, Consumer<NettyPeer> prepare) {
        return connect(locator(to.getAddress(), to.getPort()), 0, prepare);
    }

    NettyPeer connect(Locator locator, int linkIndex) {
        return connect(locator, linkIndex, peer -> {});
    }

    private NettyPeer connect(Locator locator, int linkIndex, Consumer<NettyPeer> prepare) {
        NettyPeer peer = new NettyPeer(substrate.loop());
        prepare.accept(peer);
        call(() -> {
            peer.connection = substrate.connect(locator, linkIndex, peer);
            return peer;
        });
        return peer;
    }

    static Locator locator(InetAddress address, int port) {
        return address instanceof Inet6Address ipv6
                ? new Locator.Ipv6(ipv6, Locator.TCP, port)
                : new Locator.Ipv4((Inet4Address) address, Locator.TCP, port);
    }

    Message awaitMessage() {
        Await.until("a message", () -> !messages.isEmpty());
        return messages.get(0);
    }

    NettyPeer awaitAccepted(int index) {
        Await.until("accepted connection " + index, () -> accepted.size() > index);
        return accepted.get(index);
    }

    @Override
    public void close() {
        CompletableFuture<Throwable> closed = new CompletableFuture<>();
        substrate.loop().execute(() -> substrate.close(closed::complete));
        Await.result("close", closed);
    }

    @Override
    public boolean serves(InetAddress local) {
        return serves.test(local);
    }

    @Override
    public boolean makesRoom(InetSocketAddress peer, PeerIdentity identity, SubstrateDrop reason) {
        return makesRoom.test(peer);
    }

    @Override
    public boolean isPeer(InetSocketAddress resolved) {
        return isPeer.test(resolved);
    }

    @Override
    public void dropped(SubstrateDrop reason, Link link, InetSocketAddress peer, PeerIdentity identity) {
        drops.add(reason);
        droppedFrom.add(peer);
    }

    @Override
    public void linkUp(Link link) {
        links.add(link);
        onLinkUp.accept(link);
    }

    @Override
    public void linkDown(Link link) {
        linksDown.add(link.name());
        onLinkDown.accept(link);
    }

    @Override
    public void linkFailed(String name, Throwable cause) {
        linksFailed.add(name + ": " + cause.getMessage());
    }

    @Override
    public void linkWarning(String name, LinkWarning warning, String detail) {
        warnings.add(warning);
    }

    @Override
    public void linkMessage(Link link, byte[] bytes, ReplyPath replyPath) {
        Message message = new Message(link, bytes, replyPath);
        messages.add(message);
        onMessage.accept(message);
    }

    @Override
    public void unicastMessage(byte[] bytes, ReplyPath replyPath) {
        unicasts.add(new Unicast(bytes, replyPath));
    }

    @Override
    public ConnectionListener accepted(Connection connection) {
        NettyPeer peer = new NettyPeer(substrate.loop());
        peer.connection = connection;
        onAccepted.accept(peer);
        accepted.add(peer);
        return peer;
    }

    @Override
    public void securityChanged(Security security) {
        throw new AssertionError("it never changes");
    }
}
