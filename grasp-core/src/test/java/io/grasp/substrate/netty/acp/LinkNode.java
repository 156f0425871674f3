package io.grasp.substrate.netty.acp;

import io.grasp.model.LinkWarning;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The links of one node, without sessions; it records all events. */
final class LinkNode implements SubstrateListener, AutoCloseable {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(Link link, byte[] bytes, ReplyPath replyPath) {}

    final List<Link> links = new CopyOnWriteArrayList<>();
    final List<String> linksDown = new CopyOnWriteArrayList<>();
    final List<String> linksFailed = new CopyOnWriteArrayList<>();
    final List<String> warnings = new CopyOnWriteArrayList<>();
    final List<Message> messages = new CopyOnWriteArrayList<>();
    final List<SubstrateDrop> drops = new CopyOnWriteArrayList<>();
    final List<PeerRefusal> refusals = new CopyOnWriteArrayList<>();

    volatile boolean serves = true;
    private final NettyLoop loop;
    private final AcpLinks acp;
    private final int port;
    private final CompletableFuture<Boolean> firstReports = new CompletableFuture<>();

    LinkNode(NettyLoop loop, AcpConfig config, InstanceId instance) {
        this.loop = loop;
        this.port = config.port;
        this.acp = new AcpLinks(
                loop, config, this, address -> serves, instance, () -> config.port, () -> firstReports.complete(true));
    }

    LinkNode start() {
        poll();
        Await.until("a link", () -> !links.isEmpty());
        return this;
    }

    /** Sends a message on the loop as soon as the neighbors are known. */
    LinkNode sendsAtFirstReports(byte[] message) {
        firstReports.thenRun(() -> links.get(0).multicast(message, failure -> {}));
        return this;
    }

    void awaitFirstReports() {
        Await.result("the first reports", firstReports);
    }

    /** Reads the interfaces once more. */
    void poll() {
        call(() -> {
            try {
                acp.update(HostInterfaces.read());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        });
    }

    <T> T call(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(call.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return Await.result("a call on the loop", result);
    }

    /** The address at which it accepts connections. */
    InetSocketAddress address() {
        return new InetSocketAddress(links.get(0).linkLocalAddress(), port);
    }

    List<AcpNeighbor> neighbors() {
        return call(acp::neighbors);
    }

    void awaitConnected(int count) {
        Await.until(
                count + " connected neighbors",
                () -> neighbors().stream().filter(AcpNeighbor::connected).count() == count);
    }

    /** Sends without waiting for the result. */
    CompletableFuture<Throwable> send(byte[] message) {
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        loop.execute(() -> links.get(0).multicast(message, sent::complete));
        return sent;
    }

    /** {@return why the message was not sent; {@code null} if it was} */
    Throwable multicast(byte[] message) {
        return Await.result("a multicast", send(message));
    }

    Throwable reply(Message to, byte[] message) {
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        loop.execute(() -> to.replyPath().reply(message, sent::complete));
        return Await.result("a reply", sent);
    }

    Message awaitMessage(byte[] bytes) {
        Await.until("a message", () -> count(bytes) > 0);
        return messages.stream()
                .filter(each -> Arrays.equals(each.bytes(), bytes))
                .findFirst()
                .orElseThrow();
    }

    long count(byte[] bytes) {
        return messages.stream()
                .filter(each -> Arrays.equals(each.bytes(), bytes))
                .count();
    }

    @Override
    public void close() {
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        loop.execute(() -> acp.close(() -> gone.complete(true)));
        Await.result("the end of the links", gone);
    }

    @Override
    public void linkUp(Link link) {
        links.add(link);
    }

    @Override
    public void linkDown(Link link) {
        links.remove(link);
        linksDown.add(link.name());
    }

    @Override
    public void linkFailed(String name, Throwable cause) {
        linksFailed.add(name + ": " + cause.getMessage());
    }

    @Override
    public void linkWarning(String name, LinkWarning warning, String detail) {
        warnings.add(detail);
    }

    @Override
    public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
        messages.add(new Message(link, message, replyPath));
    }

    @Override
    public ConnectionListener accepted(Connection connection) {
        throw new AssertionError("there are no sessions");
    }

    @Override
    public void securityChanged(Security security) {
        throw new AssertionError("the links do not change it");
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, PeerIdentity identity, String detail) {
        refusals.add(reason);
    }

    @Override
    public void dropped(SubstrateDrop reason, Link link, InetSocketAddress peer, PeerIdentity identity) {
        drops.add(reason);
    }
}
