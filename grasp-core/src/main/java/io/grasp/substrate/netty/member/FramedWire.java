package io.grasp.substrate.netty.member;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.mux.FrameBudget;
import io.grasp.substrate.netty.mux.MuxProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Link messages with a peer that has no streams: each is preceded by its length, 4 bytes in network order. A length of
 * 0 is a sign of life.
 */
final class FramedWire extends ChannelInboundHandlerAdapter implements Wire {
    /** The name of this protocol in the TLS handshake. */
    static final String PROTOCOL = "io.grasp.link/1";

    /** What a message that waits takes in addition to its bytes: Netty's objects for a write, and its completion. */
    private static final int MESSAGE_OBJECT_BYTES = 384;

    private static final int LENGTH_BYTES = 4;
    private static final int SILENCES = 3;
    private static final int WASTED_MESSAGES_PER_SECOND = 1_000;

    private final NettyLoop loop;
    private final SecureChannel channel;
    private final MemberConfig config;
    private final Listener listener;
    private final FrameBudget budget;
    private long length;
    private int lengthBytes;
    private byte @Nullable [] message;
    private int filled;
    private int waiting;
    private long lastSent;
    private long lastMessage;
    private boolean closing;
    private boolean ended;
    private @Nullable Throwable failure;

    FramedWire(NettyLoop loop, SecureChannel channel, MemberConfig config, Listener listener) {
        this.loop = loop;
        this.channel = channel;
        this.config = config;
        this.listener = listener;
        this.budget = new FrameBudget(loop, WASTED_MESSAGES_PER_SECOND);
        this.lastSent = loop.nanoTime();
        this.lastMessage = lastSent;
    }

    @Override
    public boolean takesStreams() {
        return false;
    }

    @Override
    public Connection open(ConnectionListener ofStream, InetSocketAddress remote) {
        throw new IllegalStateException("no streams");
    }

    @Override
    public int streams() {
        return 0;
    }

    @Override
    public int freePlaces() {
        return 0;
    }

    @Override
    public boolean isPaused() {
        return false;
    }

    @Override
    public int ownStreams() {
        return 0;
    }

    @Override
    public void whenPlaceIsFree(Runnable task) {
        // there are no places
    }

    @Override
    public void whenUnused(Runnable task) {
        // it has no streams that could end
    }

    @Override
    public void whenOpened(Runnable task) {
        task.run();
    }

    @Override
    public void send(byte[] bytes, Completion sent) {
        send(bytes, false, sent);
    }

    @Override
    public void sendControl(byte[] bytes, Completion sent) {
        send(bytes, true, sent);
    }

    private void send(byte[] bytes, boolean always, Completion sent) {
        if (closing || ended) {
            sent.done(new IOException("the connection to " + channel.remoteText() + " is closed"));
            return;
        }
        int taken = bytes.length + MESSAGE_OBJECT_BYTES;
        if (!always && waiting > 0 && waiting + taken > config.queueBytes()) {
            sent.done(new IOException("too many bytes wait for " + channel.remoteText() + ", which reads slowly"));
            return;
        }
        waiting += taken;
        lastSent = loop.nanoTime();
        if (bytes.length > 0) {
            lastMessage = lastSent;
        }
        ByteBuf head = Unpooled.buffer(LENGTH_BYTES).writeInt(bytes.length);
        channel.channel()
                .writeAndFlush(Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(bytes)))
                .addListener(written -> loop.run(() -> {
                    waiting -= taken;
                    sent.done(written.cause());
                }));
    }

    @Override
    public boolean isIdleFor(long nanos) {
        return waiting == 0 && loop.nanoTime() - lastMessage >= nanos;
    }

    @Override
    public void tick() {
        long now = loop.nanoTime();
        long interval = TimeUnit.MILLISECONDS.toNanos(config.keepaliveMillis());
        if (now - channel.lastRead() > SILENCES * interval) {
            abort(new IOException("nothing has come from " + channel.remoteText() + " for "
                    + TimeUnit.NANOSECONDS.toSeconds(now - channel.lastRead()) + " s"));
        } else if (now - lastSent >= interval) {
            send(new byte[0], Completion.IGNORED);
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its end
    public void close() {
        if (!closing) {
            closing = true;
            channel.channel().close(); // TLS flushes first
        }
    }

    @Override
    public void abort(Throwable why) {
        closing = true;
        if (failure == null) {
            failure = why;
        }
        channel.abort();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf in = (ByteBuf) read;
        try {
            while (!ended && failure == null && in.isReadable()) {
                if (message == null) {
                    readLength(in);
                } else {
                    readMessage(in, message);
                }
            }
        } finally {
            in.release();
        }
    }

    private void readLength(ByteBuf in) {
        length = length << Byte.SIZE | in.readUnsignedByte();
        if (++lengthBytes < LENGTH_BYTES) {
            return;
        }
        if (length > config.maxMessageBytes()) {
            abort(new ProtocolViolation(
                    "a link message of " + length + " bytes is longer than " + config.maxMessageBytes()));
        } else if (length > 0) {
            message = new byte[(int) length];
            filled = 0;
        } else {
            waste("a sign of life");
        }
        length = 0;
        lengthBytes = 0;
    }

    private void readMessage(ByteBuf in, byte[] into) {
        int now = Math.min(in.readableBytes(), into.length - filled);
        in.readBytes(into, filled, now);
        filled += now;
        if (filled == into.length) {
            message = null;
            lastMessage = loop.nanoTime();
            boolean[] useful = new boolean[1];
            loop.run(() -> useful[0] = listener.message(into));
            if (!useful[0]) {
                waste("a message");
            }
        }
    }

    private void waste(String what) {
        try {
            budget.waste(what);
        } catch (MuxProtocolException tooMany) {
            abort(new ProtocolViolation(String.valueOf(tooMany.getMessage())));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent || event instanceof ChannelInputShutdownEvent) {
            close(); // a direction alone is of no use
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        abort(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended) {
            ended = true;
            Throwable refused = channel.reason();
            Throwable why = refused != null ? refused : failure;
            loop.run(() -> listener.ended(why));
        }
    }
}
