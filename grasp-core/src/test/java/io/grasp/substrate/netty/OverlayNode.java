package io.grasp.substrate.netty;

import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import java.io.ByteArrayOutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node of an overlay on the loopback interface, which records what its substrate reports. */
final class OverlayNode implements SubstrateListener {
    static final Inet6Address HOST = host();

    final List<Link> links = new CopyOnWriteArrayList<>();
    final List<Link> everUp = new CopyOnWriteArrayList<>();
    final List<PeerRefusal> refusals = new CopyOnWriteArrayList<>();
    final List<String> sentences = new CopyOnWriteArrayList<>();
    final List<SubstrateDrop> drops = new CopyOnWriteArrayList<>();
    /** The names of the members among the peers that were refused or of which something was dropped. */
    final List<String> refusedMembers = new CopyOnWriteArrayList<>();

    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final List<LinkWarning> warnings = new CopyOnWriteArrayList<>();
    final List<Security> securities = new CopyOnWriteArrayList<>();
    final List<IdentityStatus> statuses = new CopyOnWriteArrayList<>();
    final List<byte[]> messages = new CopyOnWriteArrayList<>();
    /** The hash of the certificate of the neighbor that has sent the last message. */
    volatile String neighborFingerprint = "";
    /** Where that message came from. */
    volatile @Nullable InetSocketAddress source;

    final List<Session> accepted = new CopyOnWriteArrayList<>();
    /** Whether a session that a peer has opened is closed when the peer has ended its direction. */
    volatile boolean answersEnds = true;

    private final NettyLoop loop;
    private final OverlaySubstrate substrate;

    private OverlayNode(OverlaySubstrate substrate) {
        this.loop = substrate.loop();
        this.substrate = substrate;
    }

    private static Inet6Address host() {
        try {
            return (Inet6Address) InetAddress.getByName("::1");
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    static OverlayNode start(NettyLoop loop, NodeIdentity identity, UnaryOperator<OverlayConfig> settings) {
        OverlayConfig config = settings.apply(OverlayConfig.defaults()
                .withPort(0)
                .withAddresses(HOST)
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withNeighborWait(Duration.ofSeconds(20))
                .withCloseTimeout(Duration.ofSeconds(2)));
        return start(OverlaySubstrate.on(loop, config, identity));
    }

    static OverlayNode start(OverlaySubstrate substrate) {
        OverlayNode node = new OverlayNode(substrate);
        CompletableFuture<Throwable> started = new CompletableFuture<>();
        node.loop.execute(() -> substrate.start(node, started::complete));
        Throwable failure = Await.result("start", started);
        if (failure != null) {
            throw new AssertionError("not started", failure);
        }
        return node;
    }

    OverlaySubstrate substrate() {
        return substrate;
    }

    int port() {
        return onLoop(substrate::port);
    }

    String place() {
        return "[::1]:" + port();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(HOST, port());
    }

    <T> T onLoop(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> result.complete(call.get()));
        return Await.result("a call", result);
    }

    OverlayNode awaitLinks(int count) {
        Await.until(count + " links, now " + links + ", failures " + failures, () -> links.size() == count);
        return this;
    }

    void awaitRefusal(PeerRefusal reason) {
        Await.until(reason + ", so far " + refusals + sentences, () -> refusals.contains(reason));
    }

    Session connect(OverlayNode other) {
        return connect(other.port());
    }

    Session connect(int port) {
        return connect(new Locator.Ipv6(HOST, Locator.TCP, port), 0);
    }

    Session connect(Locator locator, int linkIndex) {
        Session session = new Session();
        onLoop(() -> {
            session.connection = substrate.connect(locator, linkIndex, session);
            return true;
        });
        return session;
    }

    Throwable multicast(byte[] message) {
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        loop.execute(() -> links.get(0).multicast(message, sent::complete));
        return Await.result("a multicast", sent);
    }

    void close() {
        CompletableFuture<Throwable> closed = new CompletableFuture<>();
        loop.execute(() -> substrate.close(closed::complete));
        Await.result("close", closed);
    }

    /** A session that records what happens, and echoes if a peer has opened it. */
    final class Session implements ConnectionListener {
        volatile Connection connection;
        volatile boolean opened;
        volatile boolean closed;
        volatile Throwable failure;
        /** Called on the loop when bytes have been received. */
        volatile Runnable whenReceived = () -> {};

        /** Called on the loop when it is closed. */
        volatile Runnable whenClosed = () -> {};

        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private boolean echoes;
        volatile boolean inputEnded;
        /** How often the end was reported. */
        volatile int ends;
        /** Whether an event came after the end, or more than one that it was opened. */
        volatile boolean disordered;

        /** Sends bytes, and waits until they come back. */
        void echo(int length) {
            int before = size();
            onLoop(() -> {
                connection.send(new byte[length], ignored -> {});
                return true;
            });
            Await.until(() -> "an echo, closed " + closed + " " + failure, () -> {
                boolean over = closed;
                if (size() >= before + length) {
                    return true;
                }
                if (over) {
                    throw new AssertionError("no echo", failure);
                }
                return false;
            });
        }

        synchronized byte[] bytes() {
            return received.toByteArray();
        }

        synchronized int size() {
            return received.size();
        }

        @Override
        public void opened() {
            disordered |= opened || closed;
            opened = true;
        }

        @Override
        public void received(byte[] bytes) {
            disordered |= closed;
            synchronized (this) {
                received.writeBytes(bytes);
            }
            if (echoes) {
                connection.send(bytes, ignored -> {});
            }
            whenReceived.run();
        }

        @Override
        public void inputEnded() {
            disordered |= inputEnded || closed;
            inputEnded = true;
            if (!echoes || answersEnds) {
                connection.close();
            }
        }

        @Override
        public void closed(Throwable why) {
            failure = why;
            ends++;
            closed = true;
            whenClosed.run();
        }

        Throwable awaitClosed() {
            Await.until("the end of a session", () -> closed);
            return failure;
        }
    }

    @Override
    public void linkUp(Link link) {
        everUp.add(link);
        links.add(link);
    }

    @Override
    public void linkDown(Link link) {
        links.remove(link);
    }

    @Override
    public void linkFailed(String name, Throwable cause) {
        failures.add(cause);
    }

    @Override
    public void linkWarning(String name, LinkWarning warning, String detail) {
        warnings.add(warning);
        sentences.add(detail);
    }

    @Override
    public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
        source = replyPath.source();
        neighborFingerprint = replyPath.neighborIdentity().fingerprint();
        messages.add(message);
    }

    @Override
    public ConnectionListener accepted(Connection connection) {
        Session session = new Session();
        session.connection = connection;
        session.echoes = true;
        accepted.add(session);
        return session;
    }

    @Override
    public void securityChanged(Security security) {
        securities.add(security);
    }

    @Override
    public void identityChanged(IdentityStatus status) {
        statuses.add(status);
    }

    @Override
    public void dropped(
            SubstrateDrop reason,
            @Nullable Link link,
            @Nullable InetSocketAddress peer,
            @Nullable PeerIdentity identity) {
        note(identity);
        drops.add(reason);
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, PeerIdentity identity, String detail) {
        note(identity);
        sentences.add(detail);
        refusals.add(reason);
    }

    private void note(@Nullable PeerIdentity identity) {
        if (identity != null) {
            refusedMembers.add(identity.nodeName().toString());
        }
    }
}
