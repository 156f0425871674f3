package io.grasp.substrate.netty.acp;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.acp.LinkMessages.Hello;
import io.grasp.util.AddressText;
import io.grasp.util.FirstBytes;
import io.grasp.util.TlsRecords;
import io.grasp.wire.MessageFramer;
import io.grasp.wire.MessageType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection with a neighbor, in the clear inside the secure channel below it. It carries whole messages, of
 * the types that RFC 8994 section 6.9.2 lists, and begins with a hello.
 *
 * <pre>
 *               opened            close, or the neighbor ends it
 *    OPENING ------------> OPEN --------------------------------> CLOSING
 *       |                    |                                       | all sent, and the neighbor's end
 *       '- not opened        '- reset, wrong message, silence        v
 *       '------------------------------------------------------&gt; CLOSED
 * </pre>
 *
 * <p>While it is CLOSING, messages of the neighbor are still received, so that none is lost when one of two connections
 * is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the channel reports its closing
final class NeighborConnection extends ChannelInboundHandlerAdapter {
    /** What a message that waits takes in addition to its bytes: Netty's objects for a write, and its completion. */
    private static final int MESSAGE_OBJECT_BYTES = 384;

    /** Intervals of keepalives without any sign of the neighbor. */
    private static final int MAX_SILENT_INTERVALS = 3;

    private static final int MAX_READ_BYTES = 4096;

    /** Receives the events of a connection, on the loop. */
    interface Events {
        void opened(NeighborConnection connection);

        /** The neighbor has said which node it is: its first message is a hello. */
        void hello(NeighborConnection connection);

        void message(NeighborConnection connection, byte[] message);

        void dropped(NeighborConnection connection, SubstrateDrop reason);

        /** The connection has ended; called once, and last. */
        void closed(NeighborConnection connection, @Nullable Throwable failure);
    }

    private enum State {
        OPENING,
        OPEN,
        CLOSING,
        CLOSED
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Unsent(byte[] bytes, Completion flushed) {}

    private final NettyLoop loop;
    private final AcpConfig config;
    private final Events events;
    private final byte[] hello;
    private final InetSocketAddress remote;
    /** Kept, because the system must be asked for the name of a scope. */
    private @Nullable String remoteText;

    private final boolean outgoing;
    private final MessageFramer framer;
    private final Queue<Unsent> unsent = new ArrayDeque<>();
    private State state = State.OPENING;
    private @Nullable SocketChannel channel;
    private Loop.@Nullable Wakeup timeout;
    private @Nullable Throwable failure;
    private @Nullable Hello theirs;
    private boolean receivedAny;
    private final FirstBytes first = new FirstBytes();
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean superseded;
    private int waitingBytes;
    private long lastSent;
    private long lastReceived;
    private long lastProgress;
    private long openedAt;

    /**
     * @param hello the first message to send
     * @param remote the neighbor's address with the interface as its scope, and its port
     */
    NeighborConnection(
            NettyLoop loop, AcpConfig config, Events events, byte[] hello, InetSocketAddress remote, boolean outgoing) {
        this.loop = loop;
        this.config = config;
        this.events = events;
        this.hello = hello;
        this.remote = remote;
        this.outgoing = outgoing;
        this.framer = new MessageFramer(CborLimits.DEFAULT.withMaxBytes(config.maxMessageBytes));
    }

    /** Opens it from this node's address on the interface. Not called from within a call of the engine. */
    void open(InetAddress local) {
        NioSocketChannel created = new NioSocketChannel();
        // Its local port must not keep a server from that port when the connection has ended.
        created.config().setConnectTimeoutMillis(0).setReuseAddress(true);
        attach(created);
        ChannelFuture registered = loop.events().register(created);
        timeout = loop.wakeAt(
                loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.connectTimeoutMillis),
                () -> fail(new SocketTimeoutException(
                        "no connection within " + config.connectTimeoutMillis + " ms, the connect timeout")));
        if (!registered.isSuccess()) {
            fail(registered.cause());
            return;
        }
        created.connect(remote, new InetSocketAddress(local, 0))
                .addListener(opened -> loop.run(() -> {
                    if (!opened.isSuccess()) {
                        fail(opened.cause());
                    }
                }));
    }

    /** Takes over a channel that the neighbor has opened, and that is registered with the loop. */
    void accepted(SocketChannel newChannel) {
        attach(newChannel);
        begin();
    }

    private void attach(SocketChannel newChannel) {
        channel = newChannel;
        loop.track(newChannel);
        loop.descriptors().count(newChannel);
        newChannel
                .config()
                .setAllowHalfClosure(true)
                .setKeepAlive(true)
                .setRecvByteBufAllocator(
                        new AdaptiveRecvByteBufAllocator(64, 1024, MAX_READ_BYTES).maxMessagesPerRead(1));
        newChannel.pipeline().addLast(this);
    }

    private void begin() {
        state = State.OPEN;
        cancelTimeout();
        long now = loop.nanoTime();
        openedAt = now;
        lastReceived = now;
        lastProgress = now;
        keepAlive();
        write(hello, Completion.IGNORED);
        for (Unsent next = unsent.poll(); next != null; next = unsent.poll()) {
            write(next.bytes, next.flushed);
        }
    }

    /** Lets TCP find a neighbor that has gone and sends no keepalives itself, as fast as this node would. */
    private void keepAlive() {
        SocketChannel open = channel;
        int seconds = (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(config.keepaliveNanos));
        if (open != null) {
            set(open, ExtendedSocketOptions.TCP_KEEPIDLE, seconds);
            set(open, ExtendedSocketOptions.TCP_KEEPINTERVAL, seconds);
            set(open, ExtendedSocketOptions.TCP_KEEPCOUNT, MAX_SILENT_INTERVALS);
        }
    }

    private static void set(SocketChannel open, SocketOption<Integer> option, int value) {
        open.config().setOption(NioChannelOption.of(option), value); // ignored by systems without the option
    }

    boolean isOutgoing() {
        return outgoing;
    }

    /** {@return whether messages can be sent on it, or wait until it is open} */
    boolean isUsable() {
        return state == State.OPENING || state == State.OPEN;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** {@return whether it can end only by its own event} */
    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** {@return whether it was closed because another connection with the same node was kept} */
    boolean isSuperseded() {
        return superseded;
    }

    /** {@return the neighbor's hello; {@code null} if there is none yet, or the neighbor sends none} */
    @Nullable
    Hello hello() {
        return theirs;
    }

    /** {@return the neighbor's address and the port at which it accepts connections; port 0 if that is not known} */
    NeighborAddress neighbor() {
        Hello known = theirs;
        int port = known != null ? known.port() : outgoing ? remote.getPort() : 0;
        return NeighborAddress.of(new InetSocketAddress(remote.getAddress(), port));
    }

    /** {@return the other end of the TCP connection} */
    InetSocketAddress remote() {
        return remote;
    }

    /** {@return the neighbor's address, for messages to people} */
    String remoteText() {
        String known = remoteText;
        if (known == null) {
            known = AddressText.onThisHost(remote);
            remoteText = known;
        }
        return known;
    }

    /** {@return how long it has been open, 0 if it has not been opened} */
    long openNanos() {
        return openedAt == 0 ? 0 : loop.nanoTime() - openedAt;
    }

    /**
     * Sends a message, or keeps it until the connection is open. If too much waits already, the message is dropped.
     *
     * @param flushed called once, perhaps before this method returns; with success also if the connection never opens
     */
    void send(byte[] message, Completion flushed) {
        int taken = message.length + MESSAGE_OBJECT_BYTES;
        if (!isUsable()) {
            flushed.done(new IOException("the connection with " + remoteText() + " is closed"));
        } else if (waitingBytes > 0 && waitingBytes + taken > config.queueBytes) {
            loop.execute(() -> events.dropped(this, SubstrateDrop.SLOW_NEIGHBOR));
            flushed.done(new IOException("the neighbor " + remoteText() + " is too slow: " + waitingBytes
                    + " bytes are waiting to be sent"));
        } else if (state == State.OPENING) {
            waitingBytes += taken;
            unsent.add(new Unsent(message, failed -> {
                waitingBytes -= taken;
                flushed.done(failed);
            }));
        } else {
            if (waitingBytes == 0) {
                lastProgress = loop.nanoTime();
            }
            waitingBytes += taken;
            write(message, failed -> {
                waitingBytes -= taken;
                flushed.done(failed);
            });
        }
    }

    private void write(byte[] bytes, Completion flushed) {
        SocketChannel open = channel;
        if (open == null) {
            flushed.done(failure);
            return;
        }
        lastSent = loop.nanoTime();
        open.writeAndFlush(Unpooled.wrappedBuffer(bytes))
                .addListener(written -> loop.run(() -> {
                    if (written.isSuccess()) {
                        lastProgress = loop.nanoTime();
                        flushed.done(null);
                    } else {
                        fail(written.cause());
                        flushed.done(written.cause());
                    }
                }));
    }

    /** Sends an M_NOOP, so that a connection that the neighbor no longer has is reset. */
    void probe() {
        if (state == State.OPEN) {
            write(LinkMessages.noop(), Completion.IGNORED);
        }
    }

    /** Sends a keepalive if it is time, and ends the connection if the neighbor gives no sign. */
    void tick() {
        if (state != State.OPEN) {
            return;
        }
        long now = loop.nanoTime();
        Hello known = theirs;
        if (waitingBytes > 0 && now - lastProgress >= MAX_SILENT_INTERVALS * config.keepaliveNanos) {
            fail(new SocketTimeoutException("the neighbor reads nothing"));
        } else if (known != null && now - lastReceived >= MAX_SILENT_INTERVALS * known.keepaliveNanos()) {
            fail(new SocketTimeoutException("the neighbor sends nothing, not even keepalives"));
        } else if (waitingBytes == 0 && now - lastSent >= config.keepaliveNanos) {
            probe();
        }
    }

    /** Closes it because another connection with the same node is kept. */
    void supersede() {
        superseded = true;
        close();
    }

    /** Closes it when everything is sent and the neighbor has closed it too, or after the close timeout. */
    void close() {
        SocketChannel open = channel;
        if (state == State.OPENING || open == null) {
            abort();
        } else if (state == State.OPEN) {
            state = State.CLOSING;
            timeout = loop.wakeAt(
                    loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.closeTimeoutMillis), this::abort);
            open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> loop.run(() -> endOutput(open)));
        }
    }

    private void endOutput(SocketChannel open) {
        outputEnded = true;
        if (inputEnded) {
            open.close();
        } else {
            open.shutdownOutput().addListener(ended -> {
                if (!ended.isSuccess()) {
                    open.close();
                }
            });
        }
    }

    /** Ends it at once because of a failure. */
    void fail(Throwable cause) {
        loop.failsBy(cause);
        if (failure == null && isUsable()) {
            failure = cause;
        }
        abort();
    }

    /** Ends it at once; what is not sent is lost. */
    void abort() {
        SocketChannel open = channel;
        if (state == State.CLOSED || open == null) {
            return;
        }
        state = State.CLOSING;
        cancelTimeout();
        if (!open.isRegistered()) {
            open.unsafe().closeForcibly();
            loop.execute(this::finish);
        } else if (open.isOpen()) {
            open.config().setOption(ChannelOption.SO_LINGER, 0);
            open.close();
        }
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel();
            timeout = null;
        }
    }

    private void finish() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        cancelTimeout();
        for (Unsent next = unsent.poll(); next != null; next = unsent.poll()) {
            // It has never been open. Where no connection can be opened, there is no neighbor that could miss anything.
            Completion flushed = next.flushed;
            loop.run(() -> flushed.done(null));
        }
        events.closed(this, failure);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (state == State.OPENING && outgoing) {
            begin();
            events.opened(this);
        }
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext context) {
        finish();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        boolean begins = first.isUncertain();
        byte[] bytes = first.add(ByteBufUtil.getBytes(buffer));
        buffer.release();
        lastReceived = loop.nanoTime();
        if (begins && TlsRecords.isHandshake(bytes)) {
            refuse(SubstrateDrop.TLS, "a TLS handshake, and this node's links are not protected by certificates");
            return;
        }
        framer.feed(bytes);
        try {
            for (byte[] next = framer.next(); next != null && isReading(); next = framer.next()) {
                received(next);
            }
        } catch (CborException e) {
            boolean tooLong = e.reason() == CborException.Reason.TOO_LARGE;
            refuse(
                    tooLong ? SubstrateDrop.MESSAGE_TOO_LONG : SubstrateDrop.MALFORMED,
                    "what is no message: " + e.getMessage());
        }
    }

    /** {@return whether it has not ended at once} What has come before an end in good order is still taken. */
    private boolean isReading() {
        SocketChannel open = channel;
        return open != null && open.isOpen();
    }

    private void received(byte[] message) {
        int type = LinkMessages.type(message);
        boolean first = !receivedAny;
        receivedAny = true;
        switch (type) {
            case MessageType.M_NOOP -> {
                Hello said = first ? LinkMessages.readHello(message) : null;
                if (said != null) {
                    theirs = said;
                    events.hello(this);
                }
            }
            case MessageType.M_DISCOVERY, MessageType.M_RESPONSE, MessageType.M_FLOOD -> events.message(this, message);
            default -> {
                boolean malformed = type < 0;
                refuse(
                        malformed ? SubstrateDrop.MALFORMED : SubstrateDrop.WRONG_TYPE,
                        malformed
                                ? "what is no message"
                                : "a message that has no place there: " + MessageType.name(type));
            }
        }
    }

    private void refuse(SubstrateDrop reason, String what) {
        events.dropped(this, reason);
        fail(new IOException("the neighbor has sent " + what));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
            inputEnded = true;
            SocketChannel open = channel;
            if (outputEnded && open != null) {
                open.close();
            } else {
                close();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
    }
}
