package io.grasp.substrate.netty;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.quads.QuadsException;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.AddressText;
import io.grasp.util.IntrusiveList;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection.
 *
 * <pre>
 *               opened            close, all sent and the peer's end
 *    OPENING ------------> OPEN -------------------------------------> CLOSED
 *       |                    |                                           ^
 *       '- not opened, abort '- reset, abort, closing takes too long ----'
 * </pre>
 */
final class NettyConnection extends ChannelInboundHandlerAdapter implements Connection {
    private enum State {
        OPENING,
        OPEN,
        CLOSED
    }

    private final NettyLoop loop;
    private final InetSocketAddress remote;
    private final FixedDelayTimers closings;
    private final MessageCipher cipher;
    private final MessageCipher.Input input;
    private final Runnable undecryptable;
    private final Runnable gone;
    private final IntrusiveList.Node<NettyConnection> place;
    private final Queue<Runnable> unsent = new ArrayDeque<>(1);
    private ConnectionListener listener = NoOpConnectionListener.INSTANCE;
    private State state = State.OPENING;
    private boolean closing;
    private boolean aborted;
    private boolean inputEnded;
    private boolean reading = true;
    private @Nullable TcpChannel channel;
    private @Nullable GracefulClose orderlyClose;
    private @Nullable Throwable failure;

    /**
     * @param closings the timers of {@link #close}: for the peer to read what was sent, then to end its direction
     * @param cipher encrypts what is sent, each call of {@link #send} on its own, and decrypts what is received
     * @param undecryptable called when what was received cannot be decrypted, before the connection fails
     * @param open the list that contains the connection until it has ended
     * @param gone called when the connection has ended, before the listener is notified
     */
    NettyConnection(
            NettyLoop loop,
            InetSocketAddress remote,
            FixedDelayTimers closings,
            MessageCipher cipher,
            Runnable undecryptable,
            IntrusiveList<NettyConnection> open,
            Runnable gone) {
        this.loop = loop;
        this.remote = remote;
        this.closings = closings;
        this.cipher = cipher;
        this.input = cipher.newInput();
        this.undecryptable = undecryptable;
        this.gone = gone;
        this.place = open.add(this);
        loop.descriptors().opened(); // or soon
    }

    void listener(ConnectionListener newListener) {
        listener = newListener;
    }

    /** Begins to open the connection, unless it has been abandoned. Not called from within a call of the engine. */
    void open(FixedDelayTimers connects) {
        if (closing && unsent.isEmpty()) {
            finish();
            return;
        }
        TcpChannel created;
        try {
            created = new TcpChannel();
        } catch (ChannelException noSocket) {
            refuse(noSocket);
            return;
        }
        ChannelFuture registered = loop.events().register(created); // complete on return, on the channel's own loop
        if (!registered.isSuccess()) {
            refuse(registered.cause());
            return;
        }
        attach(created);
        IntrusiveList.Node<?> connecting = connects.begin(() -> fail(new SocketTimeoutException("no connection to "
                + AddressText.of(remote) + " within " + connects.delayMillis() + " ms, the connect timeout")));
        created.connect(remote)
                .addListener(opened -> loop.run(() -> {
                    connecting.leave();
                    if (!opened.isSuccess()) {
                        fail(
                                opened.cause() instanceof UnsupportedAddressTypeException
                                        ? new IOException(
                                                "this process cannot use IPv6, which " + AddressText.of(remote)
                                                        + " needs",
                                                opened.cause())
                                        : notConnected(opened.cause()));
                    }
                }));
    }

    /** The same failure with the address as it is printed elsewhere: Netty adds it to the system's message. */
    private Throwable notConnected(Throwable cause) {
        if (!(cause instanceof SocketException)) {
            return cause;
        }
        String what = "cannot connect to " + AddressText.of(remote) + ": " + BoundChannels.why(cause);
        SocketException failure = cause instanceof NoRouteToHostException
                ? new NoRouteToHostException(what)
                : cause instanceof ConnectException ? new ConnectException(what) : new SocketException(what);
        failure.initCause(cause);
        return failure;
    }

    /** Takes over a channel that is open. */
    void accepted(TcpChannel newChannel) {
        state = State.OPEN;
        attach(newChannel);
    }

    private void attach(TcpChannel newChannel) {
        channel = newChannel;
        loop.track(newChannel);
        newChannel.config().setAutoRead(reading);
        newChannel.pipeline().addLast(this);
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (closing) {
            flushed.done(closedException());
        } else if (state == State.OPENING) {
            unsent.add(() -> write(bytes, flushed));
        } else {
            write(bytes, flushed);
        }
    }

    private void write(byte[] bytes, Completion flushed) {
        if (channel == null || aborted) {
            loop.run(() -> flushed.done(failure != null ? failure : closedException()));
            return;
        }
        channel.writeAndFlush(Unpooled.wrappedBuffer(cipher.encrypt(bytes)))
                .addListener(written -> loop.run(() -> {
                    if (written.isSuccess()) {
                        flushed.done(null);
                    } else {
                        fail(written.cause());
                        flushed.done(failure != null ? failure : written.cause());
                    }
                }));
    }

    private void writeUnsent() {
        for (Runnable write = unsent.poll(); write != null; write = unsent.poll()) {
            write.run();
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on || closing;
        if (channel != null) {
            channel.config().setAutoRead(reading);
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        reading(true);
        if (state == State.OPEN) {
            closeInGoodOrder();
        } else if (unsent.isEmpty()) {
            abort();
        }
    }

    private void closeInGoodOrder() {
        if (channel != null) {
            orderlyClose = new GracefulClose(loop, closings, channel, inputEnded, this::fail);
            orderlyClose.begin();
        }
    }

    @Override
    public void abort() {
        closing = true;
        aborted = true;
        writeUnsent(); // which fails
        if (channel != null && channel.isOpen()) {
            reset(channel);
        }
    }

    /** Closes a channel by a TCP reset. */
    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its closing
    static void reset(Channel channel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    /** {@return this node's address; {@code null} if it is not known} */
    @Nullable
    InetAddress local(ConnectingAddresses connecting) {
        if (channel == null) {
            return null;
        }
        return state == State.OPEN ? channel.localAddress().getAddress() : connecting.local(remote);
    }

    /** Ends the connection because of a failure; the listener is notified of the first failure. */
    void fail(Throwable cause) {
        loop.failsBy(cause);
        boolean matters = orderlyClose == null || !orderlyClose.isDraining();
        if (failure == null && !aborted && matters) {
            failure = cause;
        }
        abort();
    }

    /** Ends a connection that will never open. Not called from within a call of the engine. */
    void refuse(Throwable cause) {
        fail(cause);
        finish();
    }

    private void finish() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        closing = true;
        aborted = true;
        writeUnsent(); // which fails
        if (orderlyClose != null) {
            orderlyClose.cancel();
        }
        place.leave();
        loop.descriptors().closed();
        gone.run();
        loop.run(() -> listener.closed(failure));
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (state == State.OPENING) {
            state = State.OPEN;
            writeUnsent();
            if (closing) {
                closeInGoodOrder();
            }
            loop.run(listener::opened);
        }
    }

    /**
     * The channel is closed. Netty calls this on a later turn than the call that closes it, so never from within a call
     * of the engine.
     */
    @Override
    public void channelUnregistered(ChannelHandlerContext context) {
        finish();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        byte[] bytes = input.decrypt(ByteBufUtil.getBytes(buffer));
        buffer.release();
        if (!aborted && bytes.length > 0) {
            loop.run(() -> listener.received(bytes));
        }
        failIfUndecryptable();
    }

    /** {@return whether the connection has failed} */
    private boolean failIfUndecryptable() {
        QuadsException reason = input.failure();
        if (reason == null || aborted) {
            return reason != null;
        }
        undecryptable.run();
        fail(reason);
        return true;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !inputEnded && !aborted) {
            inputEnded = true;
            input.end();
            if (failIfUndecryptable()) {
                return;
            }
            if (orderlyClose != null) {
                orderlyClose.inputEnded();
            }
            loop.run(listener::inputEnded);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // With half-closure allowed, Netty treats a reset as the end of the peer's direction and leaves closing to us.
        fail(cause);
    }

    private IOException closedException() {
        return new IOException("the connection to " + AddressText.of(remote) + " is closed");
    }
}
