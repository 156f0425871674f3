package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How connections end, and that no data is lost. */
class NettyClosingTest extends PlainPeers {
    @Test
    void nothingIsLostWhenThePeerAnswersAndClosesAtOnce() {
        for (int i = 1; i <= 1000; i++) {
            byte[] answer = bytes(i);
            CompletableFuture<Void> played = peer(socket -> {
                socket.getInputStream().read();
                socket.getOutputStream().write(answer);
            });
            NettyPeer ours = connect(self -> self.onInputEnded = ignored -> self.connection.close());
            assertThat(ours.send(new byte[1])).isNull();
            assertThat(ours.awaitClosed()).isNull();
            assertThat(ours.received()).isEqualTo(answer);
            assertThat(ours.events).containsExactly("opened", "inputEnded", "closed");
            Await.result("the peer", played);
        }
    }

    @Test
    void nothingIsLostWhenThePeerSpeaksFirstAndClosesAtOnce() {
        CompletableFuture<Void> played = peer(socket -> socket.getOutputStream().write(bytes(100_000)));
        NettyPeer ours = connect().await("inputEnded");
        assertThat(ours.received()).isEqualTo(bytes(100_000));
        ours.close();
        assertThat(ours.awaitClosed()).isNull();
        Await.result("the peer", played);
    }

    @Test
    void ourDirectionStaysOpenWhenThePeerEndsItsOwn() {
        CompletableFuture<Void> played = peer(socket -> {
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes(500_000));
        });
        NettyPeer ours = connect().await("inputEnded");
        assertThat(ours.send(bytes(500_000))).isNull();
        ours.close();
        assertThat(ours.awaitClosed()).isNull();
        Await.result("the peer", played);
    }

    @Test
    void unreadInputAtCloseDoesNotLoseWhatWasSent() {
        CompletableFuture<Void> played = peer(socket -> {
            // Enough data that some is in transit while the other side is already closing.
            socket.getOutputStream().write(bytes(300_000));
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes(1_000_000));
        });
        NettyPeer ours = connect(self -> self.onReceived = received -> {
            self.onReceived = ignored -> {};
            self.connection.send(bytes(1_000_000), failure -> {});
            self.connection.close();
        });
        assertThat(ours.awaitClosed()).isNull();
        Await.result("the peer", played);
    }

    @Test
    void inputThatArrivedEarlierIsDeliveredBeforeAnEnd() throws IOException {
        CompletableFuture<Boolean> bothAreThere = new CompletableFuture<>();
        CompletableFuture<Integer> ofOurEnd = new CompletableFuture<>();
        try (ServerSocketChannel peers = ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
            InetSocketAddress address = (InetSocketAddress) peers.getLocalAddress();
            NettyPeer ending = node.connect(address, self -> self.onInputEnded = ignored -> self.connection.close());
            try (SocketChannel first = peers.accept()) {
                first.configureBlocking(false);
                NettyPeer speaking =
                        node.connect(address, self -> self.onReceived = ignored -> ofOurEnd.complete(readByte(first)));
                try (SocketChannel second = peers.accept()) {
                    ending.await("opened");
                    speaking.await("opened");
                    CompletableFuture<Boolean> busy = new CompletableFuture<>();
                    CompletableFuture<Long> turns = new CompletableFuture<>();
                    node.substrate.loop().execute(() -> {
                        busy.complete(true);
                        long count = 0; // not Thread.onSpinWait(), which BlockHound treats as blocking
                        while (!bothAreThere.isDone()) {
                            count++;
                        }
                        turns.complete(count);
                    });
                    Await.result("the loop to be busy", busy);
                    first.shutdownOutput();
                    second.write(ByteBuffer.allocate(1));
                    assertThat(turns).isNotDone();
                    bothAreThere.complete(true);
                    Await.result("the loop to go on", turns);
                    assertThat(Await.result("the byte", ofOurEnd)).isZero();
                    assertThat(ending.awaitClosed()).isNull();
                    Await.until("our end", () -> readByte(first) == -1);
                }
            }
        }
    }

    private static int readByte(SocketChannel from) {
        try {
            return from.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void closingAConnectionOfAPeerThatNeverClosesIsBounded() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        CompletableFuture<Void> played = peer(socket -> {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            Await.result("the end of the test", done);
        });
        NettyPeer ours = connect().await("opened");
        ours.close();
        assertThat(ours.awaitClosed()).isNull();
        done.complete(true);
        Await.result("the peer", played);
    }

    @Test
    void closingAConnectionOfAPeerThatDoesNotReadIsBounded() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        CompletableFuture<Void> played = peer(socket -> Await.result("the end of the test", done));
        NettyPeer ours = connect();
        CompletableFuture<Throwable> flushed = ours.sending(bytes(30_000_000));
        ours.close();
        assertThat(ours.awaitClosed()).hasMessageContaining("took too long");
        assertThat(Await.result("the send", flushed)).isNotNull();
        done.complete(true);
        Await.result("the peer", played);
    }

    @Test
    void aResetFailsTheConnection() {
        CompletableFuture<Void> played = peer(socket -> {
            socket.getInputStream().read();
            reset(socket);
        });
        NettyPeer ours = connect();
        assertThat(ours.send(new byte[1])).isNull();
        assertThat(ours.awaitClosed()).isInstanceOf(SocketException.class).hasMessageContaining("reset");
        assertThat(ours.events).containsExactly("opened", "closed");
        assertThat(ours.send(new byte[1])).isInstanceOf(IOException.class);
        Await.result("the peer", played);
    }

    @Test
    void aResetAfterThePeersEndFailsPendingSends() {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        CompletableFuture<Void> played = peer(socket -> {
            socket.shutdownOutput();
            Await.result("the end to be seen", ended);
            reset(socket);
        });
        NettyPeer ours = connect().await("inputEnded");
        ended.complete(true);
        Await.result("the peer", played);
        Await.until("a failure", () -> ours.send(new byte[1]) != null);
        assertThat(ours.awaitClosed()).isInstanceOf(IOException.class);
        assertThat(ours.events).containsExactly("opened", "inputEnded", "closed");
    }

    @Test
    void abortResetsThePeer() {
        CompletableFuture<Void> played = peer(socket ->
                assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class));
        NettyPeer ours = connect().await("opened");
        ours.abort();
        assertThat(ours.awaitClosed()).isNull();
        Await.result("the peer", played);
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
