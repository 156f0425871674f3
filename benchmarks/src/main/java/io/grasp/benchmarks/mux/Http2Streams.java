package io.grasp.benchmarks.mux;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Streams of one connection, by HTTP/2 as Netty implements it. A tunnel (CONNECT) is what comes next to a session. */
@SuppressWarnings("FutureReturnValueIgnored") // its end is reported otherwise
final class Http2Streams implements Contender {
    private static final Http2Headers REQUEST =
            new DefaultHttp2Headers(false).method("CONNECT").authority("grasp");
    private static final Http2Headers RESPONSE = new DefaultHttp2Headers(false).status("200");

    private final Ends ends;
    private final Channel connection;

    Http2Streams(@Nullable TestTls tls) {
        ends = new Ends(
                tls,
                channel -> channel.pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forServer()
                                        .validateHeaders(false)
                                        .initialSettings(settings())
                                        .build(),
                                new Http2MultiplexHandler(initializer(new Responder()))));
        CompletableFuture<Channel> opened = new CompletableFuture<>();
        ends.connect(
                channel -> {
                    channel.pipeline()
                            .addLast(
                                    Http2FrameCodecBuilder.forClient()
                                            .validateHeaders(false)
                                            .initialSettings(settings().pushEnabled(false))
                                            .build(),
                                    new Http2MultiplexHandler(new Responder()));
                    opened.complete(channel);
                },
                () -> opened.cancel(false));
        connection = opened.join();
    }

    private static Http2Settings settings() {
        return Http2Settings.defaultSettings()
                .maxConcurrentStreams(2L * Main.IDLE)
                .initialWindowSize(16 << 10);
    }

    private static ChannelHandler initializer(ChannelHandler handler) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handler);
            }
        };
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
        new Http2StreamChannelBootstrap(connection)
                .handler(handler)
                .open()
                .addListener((io.netty.util.concurrent.Future<Http2StreamChannel> opened) -> {
                    if (opened.isSuccess()) {
                        byte[] message = new byte[MESSAGE_BYTES];
                        message[0] = kind;
                        Http2StreamChannel stream = opened.getNow();
                        stream.write(new DefaultHttp2HeadersFrame(REQUEST));
                        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(message)));
                    }
                });
    }

    @Override
    public void close() {
        ends.close();
    }

    @ChannelHandler.Sharable
    private static final class Responder extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2DataFrame data && data.content().isReadable()) {
                boolean ends = data.content().getByte(data.content().readerIndex()) == 0;
                context.write(new DefaultHttp2HeadersFrame(RESPONSE));
                context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[MESSAGE_BYTES]), ends));
            }
            ReferenceCountUtil.release(message);
        }
    }

    private static final class Initiator extends ChannelInboundHandlerAdapter {
        private final Runnable answered;
        private final Consumer<Boolean> ended;
        private boolean complete;

        Initiator(Runnable answered, Consumer<Boolean> ended) {
            this.answered = answered;
            this.ended = ended;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2DataFrame data) {
                answered.run();
                if (data.isEndStream()) {
                    complete = true;
                    context.writeAndFlush(new DefaultHttp2DataFrame(true));
                }
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended.accept(complete);
        }
    }
}
