package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The behavior that Netty implements; this project's code only avoids system calls. */
@SuppressWarnings("FutureReturnValueIgnored")
class TcpChannelTest {
    /**
     * Netty reports the end of the peer's direction once, and then that no more input follows; the loop must
     * not spin.
     */
    @Test
    void theEndOfInputIsReadOnceWithoutASpinningLoop() throws IOException {
        NettyLoop loop = NettyLoop.create();
        List<String> reported = new CopyOnWriteArrayList<>();
        AtomicInteger reads = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TcpChannel channel = new TcpChannel();
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelReadComplete(ChannelHandlerContext context) {
                    reads.incrementAndGet();
                }

                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    reported.add(event.getClass().getSimpleName());
                }
            });
            loop.events().register(channel).syncUninterruptibly();
            channel.connect(server.getLocalSocketAddress()).syncUninterruptibly();
            try (Socket peer = server.accept()) {
                peer.shutdownOutput();
                Await.until("both events", () -> reported.size() == 2);
                turn(loop);
                int before = reads.get();
                turn(loop);
                assertThat(reads).hasValue(before);
                assertThat(reported).containsExactly("ChannelInputShutdownEvent", "ChannelInputShutdownReadComplete");
                channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {42})).syncUninterruptibly();
                assertThat(peer.getInputStream().read()).isEqualTo(42);
            }
            channel.close().syncUninterruptibly();
        }
        CompletableFuture<Throwable> closed = new CompletableFuture<>();
        loop.close(closed::complete);
        Await.result("the end of the loop", closed);
    }

    /** Makes the loop select its channels a number of times. */
    private static void turn(NettyLoop loop) {
        for (int turn = 0; turn < 20; turn++) {
            loop.events().submit(() -> {}).syncUninterruptibly();
        }
    }

    @Test
    void aConnectingChannelHasNoDelayAndHalfClosure() {
        TcpChannel channel = new TcpChannel();
        assertThat(channel.config().isTcpNoDelay()).isTrue();
        assertThat(channel.config().isAllowHalfClosure()).isTrue();
        assertThat(channel.config().getConnectTimeoutMillis()).isZero();
        channel.unsafe().closeForcibly();
    }

    @Test
    void anAcceptedChannelHasNoDelayAndHalfClosure() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
                TcpChannel channel = new TcpChannel(new TcpServerChannel(), server.accept());
                assertThat(client.isConnected()).isTrue();
                assertThat(channel.config().isTcpNoDelay()).isTrue();
                assertThat(channel.config().isAllowHalfClosure()).isTrue();
                channel.parent().unsafe().closeForcibly();
                channel.unsafe().closeForcibly();
            }
        }
    }
}
