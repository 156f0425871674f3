package io.grasp.benchmarks.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection for each session. The responder closes it first. */
@SuppressWarnings("FutureReturnValueIgnored") // its end is reported otherwise
final class ConnectionEach implements Contender {
    private final Ends ends;

    ConnectionEach(@Nullable TestTls tls) {
        ends = new Ends(tls, channel -> channel.pipeline().addLast(new Responder()));
    }

    @Override
    public EventLoop initiator() {
        return ends.initiator();
    }

    @Override
    public void session(Consumer<Boolean> ended) {
        begin(new Initiator(() -> {}, ended), (byte) 0);
    }

    @Override
    public void idle(Runnable answered) {
        begin(new Initiator(answered, complete -> {}), (byte) 1);
    }

    private void begin(Initiator handler, byte kind) {
        ends.connect(
                channel -> {
                    channel.pipeline().addLast(handler);
                    send(channel, kind);
                },
                handler::fail);
    }

    private static void send(Channel channel, byte kind) {
        byte[] message = new byte[MESSAGE_BYTES];
        message[0] = kind;
        channel.writeAndFlush(Unpooled.wrappedBuffer(message));
    }

    @Override
    public void close() {
        ends.close();
    }

    /** Answers, and then closes unless the first byte asks it to stay. */
    private static final class Responder extends ChannelInboundHandlerAdapter {
        private int read;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            read += bytes.readableBytes();
            boolean stays = bytes.getByte(bytes.readerIndex()) != 0;
            bytes.release();
            if (read == MESSAGE_BYTES) {
                context.writeAndFlush(Unpooled.wrappedBuffer(new byte[MESSAGE_BYTES]))
                        .addListener(stays ? sent -> {} : ChannelFutureListener.CLOSE);
            }
        }
    }

    private static final class Initiator extends ChannelInboundHandlerAdapter {
        private final Runnable answered;
        private final Consumer<Boolean> ended;
        private int read;

        Initiator(Runnable answered, Consumer<Boolean> ended) {
            this.answered = answered;
            this.ended = ended;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            read += bytes.readableBytes();
            bytes.release();
            if (read == MESSAGE_BYTES) {
                answered.run();
            }
        }

        /** The connection was not opened. */
        void fail() {
            ended.accept(false);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended.accept(read == MESSAGE_BYTES);
        }
    }
}
