package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.TestAuthority;
import io.grasp.security.TestPeer;
import io.grasp.security.TlsRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

class TlsTasksTest {
    private static ByteBuf clientHello() throws Exception {
        SSLEngine client = SSLContext.getDefault().createSSLEngine();
        client.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), hello);
        return Unpooled.copiedBuffer(hello.flip());
    }

    /** A peer could send without end while this node computes, and the TLS handler would keep it all. */
    @Test
    void nothingIsReadWhileAComputationIsAwaited() throws Exception {
        SSLEngine server = TestPeer.with(
                        TestAuthority.create("authority of example.com").issue("+gray@example.com"))
                .newEngine(TlsRole.SERVER, "TLSv1.3");
        Queue<Runnable> computations = new ArrayDeque<>();
        int[] reads = new int[1];
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAutoRead(false);
        TlsTasks tasks = new TlsTasks(computations::add, channel.eventLoop(), () -> {});
        channel.pipeline()
                .addLast(
                        new ChannelOutboundHandlerAdapter() {
                            @Override
                            public void read(ChannelHandlerContext context) {
                                reads[0]++;
                                context.read();
                            }
                        },
                        tasks,
                        new SslHandler(server, tasks));

        channel.writeInbound(clientHello());
        assertThat(tasks.isAwaited()).isTrue();
        reads[0] = 0;
        channel.read();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 3, 64, 0}));
        assertThat(reads[0]).as("reads while it computes").isZero();

        while (!computations.isEmpty()) {
            computations.remove().run();
            channel.runPendingTasks();
        }
        assertThat(tasks.isAwaited()).isFalse();
        assertThat(reads[0]).as("reads afterwards").isPositive();
        channel.finishAndReleaseAll();
    }
}
