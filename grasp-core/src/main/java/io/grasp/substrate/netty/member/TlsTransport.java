package io.grasp.substrate.netty.member;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TlsRole;
import io.grasp.substrate.Completion;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.util.AddressText;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/**
 * Accepts and opens TLS connections, by Reactor Netty's server and client on the substrate's loop. Their pipelines get
 * our own TLS handler, because Reactor Netty's would resume sessions, which skips the membership check, and would
 * compute on the loop.
 */
final class TlsTransport {
    /** Receives what happens. */
    interface Events extends SecureChannel.Outcome {
        /** {@return whether a connection that a peer has opened may begin its handshake; if not, it is reset} */
        boolean admits(InetSocketAddress peer, InetSocketAddress local);

        /** A connection that a peer has opened was reset. */
        void dropped(SubstrateDrop reason, InetSocketAddress peer);

        /** A connection could not be accepted. */
        void acceptFailed(Throwable cause);
    }

    /**
     * The most that one read takes, in bytes: about one record of TLS. What was read is decrypted at once, and stays in
     * memory while its receiver is not ready for it.
     */
    private static final int MAX_READ_BYTES = 16 << 10;

    private static final RecvByteBufAllocator READS = new AdaptiveRecvByteBufAllocator(64, 2048, MAX_READ_BYTES);

    private final NettyLoop loop;
    private final NodeIdentity identity;
    private final MemberConfig config;
    private final Handshakes handshakes;
    private final LoopResources resources;
    private final Events events;
    private final List<String> accepted;
    private final List<DisposableServer> servers = new ArrayList<>();
    private final Set<SecureChannel> open = new HashSet<>();
    /** The number of open connections that peers have opened. */
    private int ofPeers;

    private @Nullable InetAddress from;
    private boolean closing;
    private Runnable allClosed = () -> {};

    /** @param accepted the names of the protocols that peers may use, the preferred one first */
    TlsTransport(
            NettyLoop loop,
            NodeIdentity identity,
            MemberConfig config,
            Handshakes handshakes,
            List<String> accepted,
            Events events) {
        this.loop = loop;
        this.identity = identity;
        this.config = config;
        this.handshakes = handshakes;
        this.accepted = accepted;
        this.events = events;
        this.resources = new OneLoop(loop.events());
    }

    /** Reactor Netty's view of a loop that others close. */
    private record OneLoop(EventLoopGroup loop) implements LoopResources {
        @Override
        public EventLoopGroup onServer(boolean useNative) {
            return loop;
        }
    }

    /** Opens connections from this address of the host from now on; otherwise the system chooses one. */
    void connectFrom(InetAddress local) {
        from = local;
    }

    /** Binds to an address; the completion comes on a later turn of the loop. */
    void bind(InetSocketAddress address, Completion bound) {
        TcpServer.create()
                .runOn(resources, false)
                .bindAddress(() -> address)
                .option(ChannelOption.SO_REUSEADDR, true)
                // The next one sees how many descriptors those before it have left.
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1))
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .doOnChannelInit((observer, channel, remote) -> accept(channel))
                .bind()
                .subscribe(
                        server -> bound(server, bound),
                        failure -> loop.run(() -> bound.done(bindFailure(address, failure))));
    }

    private void bound(DisposableServer server, Completion bound) {
        if (closing) {
            server.dispose();
            loop.run(() -> bound.done(new IOException("the substrate is closed")));
            return;
        }
        servers.add(server);
        loop.track(server.channel());
        server.channel().pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                if (!loop.failsBy(cause)) {
                    loop.run(() -> events.acceptFailed(cause));
                }
            }
        });
        loop.run(() -> bound.done(null));
    }

    private static Throwable bindFailure(InetSocketAddress address, Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = String.valueOf(root.getMessage());
        BindException readable = new BindException(
                why.endsWith("in use")
                        ? "TCP port " + address.getPort() + " is already in use"
                        : "cannot bind to " + AddressText.onThisHost(address) + ": " + why);
        readable.initCause(failure);
        return readable;
    }

    /** {@return the port of the first address, 0 if there is none} */
    int port() {
        return servers.isEmpty() ? 0 : ((InetSocketAddress) servers.get(0).address()).getPort();
    }

    private void accept(Channel channel) {
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        if (closing || peer == null || local == null || !events.admits(peer, local)) {
            SecureChannel.reset(channel, null);
            return;
        }
        if (!loop.descriptors().leave(config.reservedDescriptors(), ofPeers)) {
            SecureChannel.reset(channel, null);
            loop.run(() -> events.dropped(SubstrateDrop.FEW_DESCRIPTORS, peer));
            return;
        }
        Accepted incoming = new Accepted(channel, peer);
        if (!handshakes.begin(incoming)) {
            SecureChannel.reset(channel, null);
            loop.run(() -> events.failed(
                    peer,
                    new PeerRefusedException(
                            PeerRefusal.TOO_MANY_HANDSHAKES,
                            "more TLS handshakes were under way than this node does at one time")));
            return;
        }
        unbridge(channel);
        loop.track(channel);
        loop.descriptors().count(channel);
        ofPeers++;
        channel.closeFuture().addListener(gone -> {
            ofPeers--;
            handshakes.end(incoming);
        });
        newEngine(
                TlsRole.SERVER,
                accepted,
                handshakes.until(channel.closeFuture(), false),
                incoming::begin,
                incoming::cannotBegin);
    }

    /** A connection that a peer has opened, in its handshake. */
    private final class Accepted extends Handshakes.Attempt implements SecureChannel.Outcome {
        private final Channel channel;
        private final InetSocketAddress peer;
        private @Nullable SecureChannel secure;

        Accepted(Channel channel, InetSocketAddress peer) {
            this.channel = channel;
            this.peer = peer;
        }

        void begin(SSLEngine engine) {
            if (closing) {
                SecureChannel.reset(channel, null);
            } else if (channel.isOpen()) {
                secure = secure(channel, null, engine, this);
            }
        }

        void cannotBegin(Throwable failure) {
            if (channel.isOpen() && !closing && identity.status().good()) {
                loop.run(() -> events.failed(
                        peer,
                        new PeerRefusedException(
                                PeerRefusal.TLS_FAILURE, "this node's own identity cannot be used: " + why(failure))));
            }
            SecureChannel.reset(channel, null);
        }

        @Override
        InetAddress peer() {
            return peer.getAddress();
        }

        @Override
        boolean isComputed() {
            return secure != null && secure.isComputed();
        }

        @Override
        void giveWay() {
            PeerRefusedException why = new PeerRefusedException(
                    PeerRefusal.TOO_MANY_HANDSHAKES,
                    "its TLS handshake waited for it, and gave its place to one of a peer that had fewer under way");
            SecureChannel begun = secure;
            if (begun != null) {
                begun.giveUp(why);
            } else {
                SecureChannel.reset(channel, null);
                loop.run(() -> events.failed(peer, why));
            }
        }

        @Override
        public void open(SecureChannel opened) {
            handshakes.end(this);
            events.open(opened);
        }

        @Override
        public void failed(InetSocketAddress remote, PeerRefusedException why) {
            events.failed(remote, why);
        }

        @Override
        public void failedLater(InetSocketAddress remote, PeerRefusedException why) {
            events.failedLater(remote, why);
        }
    }

    /** Creates an engine off the loop, because it needs random numbers. */
    private void newEngine(
            TlsRole role,
            List<String> protocols,
            Executor threads,
            Consumer<SSLEngine> created,
            Consumer<Throwable> failed) {
        try {
            threads.execute(() -> {
                try {
                    SSLEngine engine = new LimitedTlsEngine(identity.newEngine(role, protocols));
                    onLoop(() -> created.accept(engine));
                } catch (RuntimeException | Error failure) {
                    onLoop(() -> {
                        if (SecureChannel.isOfMachine(failure)) {
                            loop.failsBy(failure);
                        }
                        failed.accept(failure);
                    });
                }
            });
        } catch (RejectedExecutionException closed) {
            loop.execute(() -> failed.accept(closed));
        }
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            // with all channels
        }
    }

    private SecureChannel secure(
            Channel channel, @Nullable InetSocketAddress remote, SSLEngine engine, SecureChannel.Outcome outcome) {
        SecureChannel[] self = new SecureChannel[1];
        Executor threads = handshakes.until(channel.closeFuture(), remote != null);
        TlsTasks tasks = new TlsTasks(threads, loop, () -> self[0].giveUpWithoutInput());
        SslHandler tls = new SslHandler(engine, tasks);
        tls.setHandshakeTimeoutMillis(config.handshakeTimeoutMillis());
        tls.setCloseNotifyFlushTimeoutMillis(config.closeTimeoutMillis());
        SecureChannel secure = new SecureChannel(
                loop,
                identity,
                threads,
                TimeUnit.MILLISECONDS.toNanos(config.closeTimeoutMillis()),
                remote,
                channel,
                tls,
                tasks,
                outcome,
                () -> gone(self[0]));
        self[0] = secure;
        open.add(secure);
        channel.pipeline().addFirst(secure);
        channel.pipeline().addFirst(tls);
        channel.pipeline().addFirst(tasks);
        channel.read(); // further reads are up to the TLS handler until the peer is authenticated
        return secure;
    }

    /** Removes the handler with which Reactor Netty would queue everything for a subscriber. */
    private static void unbridge(Channel channel) {
        if (channel.pipeline().context(NettyPipeline.ReactiveBridge) != null) {
            channel.pipeline().remove(NettyPipeline.ReactiveBridge);
        }
    }

    private void gone(SecureChannel channel) {
        open.remove(channel);
        closedOne();
    }

    /**
     * Opens a connection.
     *
     * @param protocols the names of the protocols to offer, the preferred one first
     * @param outcome receives the authenticated connection
     * @param failed called instead if it does not open
     * @return gives it up, unless it is open
     */
    Runnable dial(
            InetSocketAddress remote,
            List<String> protocols,
            Consumer<SecureChannel> outcome,
            Consumer<Throwable> failed) {
        Dial dial = new Dial(remote, outcome, failed);
        loop.execute(() -> dial.begin(protocols, false));
        return dial::giveUp;
    }

    /** A connection that is being opened. */
    private final class Dial implements SecureChannel.Outcome {
        private final InetSocketAddress remote;
        private final Consumer<SecureChannel> opened;
        private final Consumer<Throwable> failed;
        private @Nullable Disposable connecting;
        private @Nullable Channel channel;
        private boolean done;

        Dial(InetSocketAddress remote, Consumer<SecureChannel> opened, Consumer<Throwable> failed) {
            this.remote = remote;
            this.opened = opened;
            this.failed = failed;
        }

        void begin(List<String> protocols, boolean again) {
            if (done) {
                return;
            }
            if (closing) {
                end(new IOException("the substrate is closed"));
                return;
            }
            newEngine(
                    TlsRole.CLIENT,
                    protocols,
                    handshakes,
                    this::connect,
                    failure -> notBegun(protocols, again, failure));
        }

        private void notBegun(List<String> protocols, boolean again, Throwable failure) {
            IdentityStatus status = identity.status();
            if (closing || status.good() && !again) {
                begin(protocols, true); // perhaps it has become good meanwhile
            } else {
                end(GraspException.local(
                                GraspErrorCode.NO_SECURITY,
                                "this node's own identity cannot be used: "
                                        + (status.good() ? why(failure) : status.detail()))
                        .causedBy(failure));
            }
        }

        private void connect(SSLEngine engine) {
            if (done) {
                return;
            }
            if (closing) {
                end(new IOException("the substrate is closed"));
                return;
            }
            InetAddress local = from;
            TcpClient client = TcpClient.newConnection();
            connecting = (local == null ? client : client.bindAddress(() -> new InetSocketAddress(local, 0)))
                    .runOn(resources, false)
                    .resolver(DefaultAddressResolverGroup.INSTANCE)
                    .remoteAddress(() -> remote)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, config.connectTimeoutMillis())
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
                    .doOnChannelInit((observer, created, address) -> init(created, engine))
                    .connect()
                    .subscribe(connected -> {}, failure -> loop.run(() -> end(notConnected(failure))));
        }

        private void init(Channel created, SSLEngine engine) {
            channel = created;
            unbridge(created);
            loop.track(created);
            loop.descriptors().count(created);
            if (done) {
                SecureChannel.reset(created, null);
            } else {
                secure(created, remote, engine, this);
            }
        }

        private Throwable notConnected(Throwable cause) {
            String what = "cannot connect to " + AddressText.onThisHost(remote) + ": " + why(cause);
            if (cause instanceof ConnectTimeoutException) {
                SocketTimeoutException late =
                        new SocketTimeoutException("no connection to " + AddressText.onThisHost(remote)
                                + " within the connect timeout of " + config.connectTimeoutMillis() + " ms");
                late.initCause(cause);
                return late;
            }
            return cause instanceof ConnectException
                    ? new ConnectException(what).initCause(cause)
                    : new IOException(what, cause);
        }

        @Override
        public void open(SecureChannel secure) {
            if (done) {
                secure.abort();
            } else {
                done = true;
                opened.accept(secure);
            }
        }

        @Override
        public void failed(InetSocketAddress to, PeerRefusedException why) {
            if (!done) {
                events.failed(to, why);
                end(why);
            }
        }

        @Override
        public void failedLater(InetSocketAddress to, PeerRefusedException why) {
            events.failedLater(to, why);
        }

        private void end(Throwable why) {
            if (!done) {
                done = true;
                failed.accept(why);
            }
        }

        void giveUp() {
            if (done) {
                return;
            }
            done = true;
            if (connecting != null) {
                connecting.dispose();
            }
            if (channel != null) {
                SecureChannel.reset(channel, channel.pipeline().get(SslHandler.class));
            }
        }
    }

    private static String why(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank()
                ? root.getClass().getSimpleName()
                : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** Stops listening, and notifies when the last connection has closed; the caller closes or resets them. */
    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its end
    void close(Runnable done) {
        closing = true;
        allClosed = done;
        servers.forEach(server -> server.channel().close());
        servers.clear();
        loop.execute(this::closedOne);
    }

    /** Resets what is still open. */
    void resetAll() {
        List.copyOf(open).forEach(SecureChannel::abort);
    }

    /** Ends everything at once, after the loop has failed. */
    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its end
    void abandon() {
        closing = true;
        servers.forEach(server -> loop.run(() -> server.channel().close()));
        servers.clear();
        List.copyOf(open).forEach(each -> loop.run(each::abort));
    }

    private void closedOne() {
        if (closing && open.isEmpty()) {
            Runnable done = allClosed;
            allClosed = () -> {};
            done.run();
        }
    }
}
