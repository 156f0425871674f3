package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.SubstrateDrop;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How connections are opened, accepted and used. */
class NettyConnectionTest extends PlainPeers {
    /** An address that no host has, so that connecting to it takes long. */
    private static final String NOBODY = "fd6a:7261:7370::dead";

    @Test
    void aRefusedConnectionFails() throws IOException {
        InetSocketAddress nobody = (InetSocketAddress) server.getLocalSocketAddress();
        server.close();
        NettyPeer ours = node.connect(nobody);
        CompletableFuture<Throwable> flushed = ours.sending(new byte[1]);
        assertThat(ours.awaitClosed()).isInstanceOf(ConnectException.class).hasMessageContaining("refused");
        assertThat(Await.result("the send", flushed)).isNotNull();
        assertThat(ours.events).containsExactly("closed");
    }

    @Test
    void cancellingAConnectionBeingOpenedEndsItAtOnce() {
        List<String> before = TestNetwork.openSockets();
        NettyPeer closed = node.connect(new InetSocketAddress(NOBODY, 7017));
        NettyPeer aborted = node.connect(new InetSocketAddress(NOBODY, 7017));
        CompletableFuture<Throwable> flushed = aborted.sending(new byte[1]);
        Await.until("two more sockets", () -> TestNetwork.openSockets().size() == before.size() + 2);
        closed.close();
        aborted.abort();
        assertThat(closed.awaitClosed()).isNull();
        assertThat(aborted.awaitClosed()).isNull();
        assertThat(Await.result("the send", flushed)).isNotNull();
        Await.until("no more sockets", () -> TestNetwork.openSockets().size() == before.size());
        assertThat(closed.events).containsExactly("closed");
    }

    @Test
    void openingAConnectionTimesOut() {
        try (NettyNode hasty = NettyNode.started(ON_LOOPBACK.withConnectTimeout(Duration.ofMillis(50)))) {
            NettyPeer ours = hasty.connect(new InetSocketAddress(NOBODY, 7017));
            CompletableFuture<Throwable> flushed = ours.sending(new byte[1]);
            ours.close(); // waits until the bytes are sent
            assertThat(ours.awaitClosed()).isInstanceOf(SocketTimeoutException.class);
            assertThat(Await.result("the send", flushed)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void connectionsBeingClosedEndWithTheSubstrate() {
        List<NettyPeer> all = new ArrayList<>();
        InetSocketAddress peers = (InetSocketAddress) server.getLocalSocketAddress();
        try (NettyNode closing = NettyNode.started(ON_LOOPBACK)) {
            for (int i = 0; i < 5; i++) {
                all.add(closing.connect(peers).await("opened"));
            }
            for (int first : new int[] {2, 0, 4}) {
                all.get(first).abort();
                all.get(first).awaitClosed();
            }
            all.add(closing.connect(peers).await("opened"));
        }
        assertThat(all).allSatisfy(each -> assertThat(each.events).containsExactly("opened", "closed"));
    }

    @Test
    void theNumberOfAcceptedConnectionsIsBounded() throws IOException {
        NettyConfig config = ON_LOOPBACK.withMaxAcceptedConnections(2);
        List<Socket> sockets = new ArrayList<>();
        try (NettyNode bounded = NettyNode.started(config)) {
            for (int i = 0; i < 2; i++) {
                sockets.add(new Socket(LOOPBACK, bounded.port()));
            }
            assertThatThrownBy(() -> {
                        try (Socket third = new Socket(LOOPBACK, bounded.port())) { // reset then, or at the read
                            third.getInputStream().read();
                        }
                    })
                    .isInstanceOf(SocketException.class);
            assertThat(bounded.drops).containsExactly(SubstrateDrop.TOO_MANY_CONNECTIONS);
            sockets.get(0).close();
            bounded.awaitAccepted(0).await("inputEnded").close();
            assertThat(bounded.awaitAccepted(0).awaitClosed()).isNull();
            try (Socket next = new Socket(LOOPBACK, bounded.port())) {
                next.getOutputStream().write(7);
                Await.until("a byte", () -> bounded.awaitAccepted(2).received().length == 1);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** The engine keeps what it has received until it is ready for it. */
    @Test
    void aReadTakesNoMoreThanTwoMessages() throws IOException {
        byte[] much = new byte[1 << 18];
        try (Socket sender = new Socket(LOOPBACK, node.port())) {
            NettyPeer ours = node.awaitAccepted(0);
            sender.getOutputStream().write(much);
            Await.until("all bytes", () -> ours.received().length == much.length);
            assertThat(ours.longest).isBetween(2048, TcpChannel.MAX_READ_BYTES);
        }
    }

    @Test
    void aConnectionThatGivesWayMakesRoomForTheNext() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try (NettyNode bounded = NettyNode.started(ON_LOOPBACK.withMaxAcceptedConnections(2))) {
            List<InetSocketAddress> asked = new CopyOnWriteArrayList<>();
            bounded.makesRoom = peer -> {
                bounded.accepted.get(asked.size()).connection.abort();
                return asked.add(peer);
            };
            for (int i = 0; i < 20; i++) {
                sockets.add(new Socket(LOOPBACK, bounded.port()));
            }
            bounded.awaitAccepted(19);
            for (Socket older : sockets.subList(0, 18)) {
                assertThatThrownBy(() -> older.getInputStream().read()).isInstanceOf(SocketException.class);
            }
            sockets.get(19).getOutputStream().write(7);
            Await.until("a byte", () -> bounded.awaitAccepted(19).received().length == 1);
            assertThat(asked)
                    .extracting(InetSocketAddress::getPort)
                    .contains(sockets.get(19).getLocalPort());
            assertThat(bounded.drops).isEmpty();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsWorkOverIpv4() {
        NettyPeer ours = node.connect(node.at("127.0.0.1")).await("opened");
        assertThat(ours.send(bytes(10))).isNull();
        NettyPeer theirs = node.awaitAccepted(0);
        Await.until("ten bytes", () -> theirs.received().length == 10);
        assertThat(theirs.connection.remote().getAddress())
                .isEqualTo(ours.connection.remote().getAddress());
    }

    @Test
    void aMessageArrivesInOneRead() {
        CompletableFuture<Void> played = peer(socket -> {
            for (int i = 1; i <= 20; i++) {
                byte[] buffer = new byte[4000];
                int length = socket.getInputStream().read(buffer);
                assertThat(Arrays.copyOf(buffer, length)).isEqualTo(bytes(100 * i));
                socket.getOutputStream().write(i);
            }
        });
        NettyPeer ours = connect();
        for (int i = 1; i <= 20; i++) {
            int answers = i;
            assertThat(ours.send(bytes(100 * i))).isNull();
            Await.until("an answer", () -> ours.received().length == answers || played.isDone());
        }
        Await.result("the peer", played);
    }

    @Test
    void aConnectionThatItsAcceptorDoesNotTakeIsReset() throws IOException {
        List<Throwable> failures = uncaught();
        node.onAccepted = theirs -> {
            throw new IllegalStateException("from the acceptor");
        };
        try (Socket socket = new Socket(LOOPBACK, node.port())) {
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(failures).hasSize(1);
    }

    @Test
    void anExceptionInAListenerDoesNotStopTheSubstrate() {
        List<Throwable> failures = uncaught();
        CompletableFuture<Void> played = peer(socket -> socket.getOutputStream().write(bytes(10)));
        NettyPeer ours = connect(self -> self.onReceived = received -> {
            throw new IllegalStateException("from a listener");
        });
        ours.await("inputEnded").close();
        assertThat(ours.awaitClosed()).isNull();
        assertThat(failures).hasSize(1);
        Await.result("the peer", played);
    }
}
