package io.grasp.substrate.netty.member;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session that is a TLS connection of its own, with a peer that has no streams. Ending a direction is a close_notify
 * alert, after which the other direction remains open with TLS 1.3 of the JDK only; other peers end both.
 */
final class TlsSession extends ChannelInboundHandlerAdapter implements Connection {
    /** The name of this protocol in the TLS handshake. Peers that know no such names use it too. */
    static final String PROTOCOL = "grasp";

    private final NettyLoop loop;
    private final SecureChannel channel;
    private final InetSocketAddress remote;
    private final long closeNanos;
    /** Bytes that are not yet read, in one array: many small ones would need far more memory. */
    private ByteArrayOutputStream unread = new ByteArrayOutputStream(0);
    /** How the peer has ended its direction, after these bytes. */
    private @Nullable Runnable unreadEnd;

    private ConnectionListener listener;
    private boolean reading = true;
    private boolean inputEnded;
    private boolean closing;
    private boolean draining;
    private boolean aborted;
    private boolean ended;
    private int unflushed;
    private @Nullable Throwable failure;
    private Loop.@Nullable Wakeup wait;

    TlsSession(
            NettyLoop loop,
            SecureChannel channel,
            InetSocketAddress remote,
            MemberConfig config,
            ConnectionListener listener) {
        this.loop = loop;
        this.channel = channel;
        this.remote = remote;
        this.closeNanos = TimeUnit.MILLISECONDS.toNanos(config.closeTimeoutMillis());
        this.listener = listener;
    }

    void listener(ConnectionListener newListener) {
        listener = newListener;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public PeerIdentity peerIdentity() {
        return channel.peer();
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (closing || ended) {
            flushed.done(closedException());
            return;
        }
        unflushed++;
        channel.channel()
                .writeAndFlush(Unpooled.wrappedBuffer(bytes))
                .addListener(written -> loop.run(() -> {
                    unflushed--;
                    if (written.isSuccess()) {
                        flushed.done(null);
                    } else {
                        fail(written.cause());
                        flushed.done(failure != null ? failure : written.cause());
                    }
                    if (closing && !aborted) {
                        drainIfFlushed();
                    }
                }));
    }

    @Override
    public void reading(boolean on) {
        reading = on || closing;
        if (reading) {
            loop.execute(this::deliverUnread);
        }
        channel.channel().config().setAutoRead(reading);
    }

    private void deliverUnread() {
        if (reading && unread.size() > 0) {
            byte[] bytes = unread.toByteArray();
            unread = new ByteArrayOutputStream(0);
            report(bytes);
        }
        Runnable end = unreadEnd;
        if (reading && end != null) {
            unreadEnd = null;
            loop.run(end);
        }
    }

    private void report(byte[] bytes) {
        if (!aborted && !ended) {
            loop.run(() -> listener.received(bytes));
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        reading(true);
        arm(() -> fail(new IOException("the peer took too long to read what was sent")));
        drainIfFlushed();
    }

    private void drainIfFlushed() {
        if (draining || unflushed > 0 || ended) {
            return;
        }
        draining = true;
        channel.endOutput();
        if (inputEnded) {
            closeSoon();
        } else {
            arm(this::closeChannel);
        }
    }

    /** Closes after all other events that came in at the same time. */
    private void closeSoon() {
        cancel();
        loop.execute(this::closeChannel);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its end
    private void closeChannel() {
        channel.channel().close();
    }

    private void arm(Runnable over) {
        cancel();
        wait = loop.wakeAt(loop.nanoTime() + closeNanos, over);
    }

    private void cancel() {
        if (wait != null) {
            wait.cancel();
            wait = null;
        }
    }

    @Override
    public void abort() {
        closing = true;
        aborted = true;
        channel.abort();
    }

    private void fail(Throwable cause) {
        loop.failsBy(cause);
        if (failure == null && !aborted && !draining) {
            failure = cause;
        }
        abort();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        byte[] bytes = ByteBufUtil.getBytes(buffer);
        buffer.release();
        if (bytes.length == 0) {
            return;
        }
        if (reading && unread.size() == 0) {
            report(bytes);
        } else { // TLS may decrypt more than one read has asked for
            unread.writeBytes(bytes);
        }
    }

    private void endAfterUnread(Runnable event) {
        Runnable unlessAborted = () -> {
            if (!aborted && !ended) {
                event.run();
            }
        };
        if (unreadEnd != null) {
            return; // the first one says how
        }
        if (reading && unread.size() == 0) {
            loop.run(unlessAborted);
        } else {
            unreadEnd = unlessAborted;
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent close) {
            if (close.isSuccess()) {
                endAfterUnread(this::endInput);
            } else {
                endAfterUnread(() -> fail(cut()));
            }
        } else if (event instanceof ChannelInputShutdownEvent) {
            endAfterUnread(() -> {
                if (!inputEnded) {
                    fail(cut());
                }
            });
        }
    }

    private void endInput() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        if (draining) {
            closeSoon();
        }
        listener.inputEnded();
    }

    private IOException cut() {
        return new IOException("the connection to " + channel.remoteText() + " was cut off");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable refused = channel.reason();
        fail(refused != null ? refused : cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.execute(this::finish);
    }

    private void finish() {
        if (ended) {
            return;
        }
        reading = true;
        deliverUnread();
        if (failure == null && !aborted && !draining && channel.reason() != null) {
            failure = channel.reason();
        } else if (failure == null && !closing && !inputEnded) {
            failure = cut();
        }
        ended = true;
        closing = true;
        cancel();
        Throwable why = failure;
        loop.run(() -> listener.closed(why));
    }

    private IOException closedException() {
        return new IOException("the connection to " + channel.remoteText() + " is closed");
    }
}
