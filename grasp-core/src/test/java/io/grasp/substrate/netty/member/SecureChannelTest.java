package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TlsRole;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NettyLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecureChannelTest {
    @Test
    void aCheckForWhichMemoryIsMissingEndsAndEndsTheLoop() {
        OutOfMemoryError error = new OutOfMemoryError("expected by this test");
        NettyLoop loop = NettyLoop.create();
        CompletableFuture<PeerRefusal> refused = new CompletableFuture<>();
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        loop.execute(() -> {
            loop.onFailure(failed::complete);
            SecureChannel.check(
                    new Throwing(error),
                    Runnable::run,
                    loop,
                    List.of(),
                    check -> refused.complete(
                            check.refused() == null ? null : check.refused().reason()));
        });
        assertThat(Await.result("a refusal", refused)).isEqualTo(PeerRefusal.TLS_FAILURE);
        assertThat(Await.result("the failure of the loop", failed)).isSameAs(error);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("the end of the loop", closed);
    }

    /** Otherwise the peer could fill the memory of this node. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReceiverThatStopsReadingStaysStopped(boolean beforeAnythingHasCome) throws Exception {
        NettyLoop loop = NettyLoop.create();
        EmbeddedChannel channel = new EmbeddedChannel();
        SecureChannel secure = new SecureChannel(
                loop,
                new Throwing(new AssertionError()),
                Runnable::run,
                0,
                new InetSocketAddress(7017),
                channel,
                new SslHandler(SSLContext.getDefault().createSSLEngine()),
                new TlsTasks(Runnable::run, Runnable::run, () -> {}),
                new NoOutcome(),
                () -> {});
        List<Object> received = new ArrayList<>();
        channel.pipeline().addLast(secure, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                received.add(message);
                if (!beforeAnythingHasCome) {
                    channel.config().setAutoRead(false);
                }
            }
        });
        channel.writeInbound("came with the handshake");
        assertThat(received).isEmpty();
        if (beforeAnythingHasCome) {
            channel.config().setAutoRead(false);
        }

        secure.use();

        assertThat(received).containsExactly("came with the handshake");
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.close();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("the end of the loop", closed);
    }

    /** Its peer may have closed it while the certificates are checked, when nothing is read. */
    @Test
    void aConnectionThatHasClosedBeforeItsPeerIsAuthenticatedHasFailed() throws Exception {
        NettyLoop loop = NettyLoop.create();
        EmbeddedChannel channel = new EmbeddedChannel();
        List<PeerRefusal> failed = new ArrayList<>();
        SslHandler tls = new SslHandler(SSLContext.getDefault().createSSLEngine());
        SecureChannel secure = new SecureChannel(
                loop,
                new Throwing(new AssertionError()),
                Runnable::run,
                0,
                new InetSocketAddress(7017),
                channel,
                tls,
                new TlsTasks(Runnable::run, Runnable::run, () -> {}),
                new NoOutcome() {
                    @Override
                    public void failed(InetSocketAddress remote, PeerRefusedException why) {
                        failed.add(why.reason());
                    }
                },
                () -> {});
        channel.pipeline().addLast(secure);
        channel.pipeline().fireChannelActive();

        channel.close();

        assertThat(failed).containsExactly(PeerRefusal.HANDSHAKE_ABORTED);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("the end of the loop", closed);
    }

    @Test
    void bytesThatComeAfterTheCloseAreReleased() throws Exception {
        NettyLoop loop = NettyLoop.create();
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline()
                .addLast(new SecureChannel(
                        loop,
                        new Throwing(new AssertionError()),
                        Runnable::run,
                        0,
                        new InetSocketAddress(7017),
                        channel,
                        new SslHandler(SSLContext.getDefault().createSSLEngine()),
                        new TlsTasks(Runnable::run, Runnable::run, () -> {}),
                        new NoOutcome(),
                        () -> {}));
        ByteBuf late = Unpooled.buffer().writeByte(1);
        channel.closeFuture().addListener(closed -> channel.pipeline().fireChannelRead(late));

        channel.close();

        assertThat(late.refCnt()).isZero();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("the end of the loop", closed);
    }

    private static class NoOutcome implements SecureChannel.Outcome {
        @Override
        public void open(SecureChannel channel) {
            throw new AssertionError("there is no handshake");
        }

        @Override
        public void failed(InetSocketAddress remote, PeerRefusedException why) {
            // closed without one
        }

        @Override
        public void failedLater(InetSocketAddress remote, PeerRefusedException why) {
            throw new AssertionError("there is no handshake");
        }
    }

    private record Throwing(Error error) implements NodeIdentity {
        @Override
        public PeerIdentity check(List<X509Certificate> chain) {
            throw error;
        }

        @Override
        public IdentityStatus status() {
            throw new UnsupportedOperationException();
        }

        @Override
        public AutoCloseable onChange(Runnable changed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLEngine newEngine(TlsRole role, List<String> protocols) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Duration remaining(List<X509Certificate> chain) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate certificate() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
