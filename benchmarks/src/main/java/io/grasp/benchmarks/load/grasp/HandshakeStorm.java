package io.grasp.benchmarks.load.grasp;

import io.grasp.security.Identity;
import io.grasp.security.TlsRole;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Connects to a node and begins TLS handshakes, valid ones and others. It runs on one loop of its own, in another
 * process than the node.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be opened is counted by its close future
public final class HandshakeStorm implements AutoCloseable {
    /** What a connection does. */
    public enum Kind {
        /** A member of the domain, which leaves after its handshake. */
        MEMBER,
        /** A valid handshake with a certificate of another authority. */
        OUTSIDER,
        /** A handshake that is never finished: the first message, sent again and again, costs its sender nothing. */
        UNFINISHED,
        /** Something else than TLS. */
        PLAINTEXT
    }

    private static final List<Kind> ALL = List.of(Kind.values());
    private static final List<String> PROTOCOLS = List.of("io.grasp.mux/1");
    private static final byte[] TEXT = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long UNFINISHED_MILLIS = 200;
    private static final int MAX_HELLO = 17_000;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Bootstrap connecting =
            new Bootstrap().group(loop).channel(NioSocketChannel.class).option(ChannelOption.SO_LINGER, 0);
    private final InetSocketAddress to =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), SecuredNodes.STREAMS_PORT);
    private final Identity member;
    private final Identity outsider;
    private final byte[] hello;

    /** What follows is read and written on the loop only. */
    private final Map<Kind, Integer> answered = new EnumMap<>(Kind.class);

    private int turn;
    private boolean stopped;
    private int begun;

    /**
     * @param member an identity that the node accepts
     * @param outsider one that it refuses
     */
    public HandshakeStorm(Identity member, Identity outsider) throws SSLException {
        this.member = member;
        this.outsider = outsider;
        ByteBuffer first = ByteBuffer.allocate(MAX_HELLO);
        SSLEngine engine = member.newEngine(TlsRole.CLIENT, PROTOCOLS);
        engine.wrap(ByteBuffer.allocate(0), first);
        hello = new byte[first.position()];
        first.flip().get(hello);
    }

    /**
     * Completes valid handshakes, each followed by another, until the time is up.
     *
     * @param atOnce the number of concurrent handshakes
     * @return how many were completed per second
     */
    public double peak(int atOnce, Duration time) throws InterruptedException {
        keepUnderWay(atOnce);
        Thread.sleep(time.toMillis());
        return stop().getOrDefault(Kind.MEMBER, 0) / (time.toMillis() / 1e3);
    }

    private void next(int of) {
        if (!stopped && of == turn) {
            begin(Kind.MEMBER, () -> next(of));
        }
    }

    /** Keeps a number of valid handshakes under way, each followed by another, until {@link #stop}. */
    public void keepUnderWay(int atOnce) throws InterruptedException {
        loop.submit(() -> {
                    reset();
                    for (int i = 0; i < atOnce; i++) {
                        next(turn);
                    }
                })
                .sync();
    }

    /** Offers connections of all kinds in turns, so many per second, until {@link #stop}. */
    public void offer(double perSecond) throws InterruptedException {
        long began = System.nanoTime();
        loop.submit(() -> {
                    reset();
                    offerMore(began, perSecond);
                })
                .sync();
    }

    private void offerMore(long began, double perSecond) {
        if (stopped) {
            return;
        }
        double due = perSecond * (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
        while (begun < due) {
            begin(ALL.get(begun % ALL.size()), () -> {});
        }
        loop.schedule(() -> offerMore(began, perSecond), 1, TimeUnit.MILLISECONDS);
    }

    private void reset() {
        turn++;
        stopped = false;
        begun = 0;
        answered.clear();
    }

    /** {@return how many connections of each kind the node has answered or refused since they were last begun} */
    public Map<Kind, Integer> answered() {
        CompletableFuture<Map<Kind, Integer>> result = new CompletableFuture<>();
        loop.execute(() -> result.complete(new EnumMap<>(answered)));
        return result.join();
    }

    /** Begins nothing more; {@return how many connections of each kind the node has answered or refused} */
    public Map<Kind, Integer> stop() {
        loop.execute(() -> stopped = true);
        return answered();
    }

    private void begin(Kind kind, Runnable ended) {
        begun++;
        connecting
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (kind == Kind.MEMBER || kind == Kind.OUTSIDER) {
                            Identity identity = kind == Kind.MEMBER ? member : outsider;
                            SSLEngine engine = identity.newEngine(TlsRole.CLIENT, PROTOCOLS);
                            channel.pipeline().addLast(new SslHandler(engine));
                        }
                        channel.pipeline().addLast(new Peer(kind));
                    }
                })
                .connect(to)
                .channel()
                .closeFuture()
                .addListener(closed -> ended.run());
    }

    /** Leaves when the node has answered. */
    private final class Peer extends ChannelInboundHandlerAdapter {
        private final Kind kind;
        private boolean counted;

        Peer(Kind kind) {
            this.kind = kind;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (kind == Kind.UNFINISHED) {
                context.writeAndFlush(Unpooled.wrappedBuffer(hello));
                context.executor().schedule(() -> context.close(), UNFINISHED_MILLIS, TimeUnit.MILLISECONDS);
            } else if (kind == Kind.PLAINTEXT) {
                context.writeAndFlush(Unpooled.wrappedBuffer(TEXT));
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release((ByteBuf) message);
            count();
            if (kind != Kind.UNFINISHED) { // it stays, as if it were slow
                context.channel().unsafe().close(context.newPromise()); // at once, not through TLS
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (kind != Kind.MEMBER) {
                count();
            }
        }

        private void count() {
            if (!counted) {
                counted = true;
                answered.merge(kind, 1, Integer::sum);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
