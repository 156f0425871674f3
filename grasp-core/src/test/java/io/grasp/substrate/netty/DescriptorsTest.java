package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The file descriptors that peers cannot use up. */
class DescriptorsTest extends PlainPeers {
    private final AtomicLong free = new AtomicLong(10);
    private final AtomicLong time = new AtomicLong();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void theLimitIsReadFromTheSystemsTable() {
        assertThat(Descriptors.parse(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units",
                        "Max processes             255390               255390               processes",
                        "Max open files            64                   4096                 files")))
                .isEqualTo(64);
        assertThat(Descriptors.parse(
                        List.of("Max open files            unlimited            unlimited            files")))
                .isEqualTo(Descriptors.UNKNOWN);
        assertThat(Descriptors.parse(List.of())).isEqualTo(Descriptors.UNKNOWN);
    }

    @Test
    void descriptorsOfThisProcessAreCounted() throws IOException {
        long before = Descriptors.ofProcess().getAsLong();
        assertThat(before).isPositive();
        for (int i = 0; i < 50; i++) {
            opened.add(new ServerSocket(0));
        }
        // other threads of this process may open or close some
        assertThat(Descriptors.ofProcess().getAsLong()).isBetween(before - 60, before - 40);
    }

    @Test
    void aReserveIsAtMostHalfOfWhatThereIs() {
        Descriptors descriptors = new Descriptors(time::get, free::get);
        assertThat(descriptors.mostLeaving(256)).isEqualTo(5);
        assertThat(descriptors.mostLeaving(2)).isEqualTo(8);
        int accepted = 0;
        while (descriptors.leave(256, accepted)) {
            descriptors.opened();
            accepted++;
        }
        assertThat(accepted).isEqualTo(5);
        int replies = 0;
        while (descriptors.leave(128, replies)) {
            descriptors.opened();
            replies++;
        }
        assertThat(replies).as("they leave some for own requests").isBetween(2, 3);
        descriptors.closed();
        assertThat(descriptors.leave(128, replies - 1)).isTrue();
    }

    @Test
    void theProcessIsAskedAtMostOnceASecond() {
        Descriptors descriptors = new Descriptors(time::get, free::get);
        free.set(0);
        time.addAndGet(Duration.ofSeconds(1).toNanos() - 1);
        assertThat(descriptors.leave(1, 0)).isTrue();
        time.incrementAndGet();
        assertThat(descriptors.leave(1, 0)).isFalse();
        free.set(2);
        descriptors.closed();
        time.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(descriptors.leave(1, 0)).isTrue();
        descriptors.opened();
        assertThat(descriptors.leave(1, 1)).isFalse();
    }

    @Test
    void aProcessWithPlentyIsAskedOnceAMinute() {
        free.set(100_000);
        Descriptors descriptors = new Descriptors(time::get, free::get);
        free.set(0);
        time.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        assertThat(descriptors.leave(1, 0)).isTrue();
        time.incrementAndGet();
        assertThat(descriptors.leave(1, 0)).isFalse();
    }

    private NettyNode node() {
        NettyLoop loop = NettyLoop.on(LoopClock.ofMachine(), free::get);
        opened.add(() -> {
            CompletableFuture<Throwable> closed = new CompletableFuture<>();
            loop.close(closed::complete);
            Await.result("the loop's end", closed);
        });
        NettyNode few = NettyNode.started(loop, ON_LOOPBACK);
        opened.add(0, few);
        return few;
    }

    private Socket connect(NettyNode to) throws IOException {
        Socket socket = new Socket(LOOPBACK, to.port());
        opened.add(socket);
        return socket;
    }

    @Test
    void acceptedConnectionsLeaveDescriptors() throws IOException {
        NettyNode few = node();
        for (int i = 0; i < 5; i++) {
            connect(few);
        }
        few.awaitAccepted(4);
        Socket refused = connect(few);
        assertThatThrownBy(() -> refused.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(few.drops).containsExactly(SubstrateDrop.FEW_DESCRIPTORS);
        assertThat(few.substrate.maxAcceptedConnections()).isEqualTo(5);

        few.makesRoom = peer -> {
            few.accepted.get(0).connection.abort();
            return true;
        };
        connect(few).getOutputStream().write(7);
        Await.until("a byte", () -> few.awaitAccepted(5).received().length == 1);
        assertThat(few.drops).hasSize(1);

        NettyPeer own = few.connect(node.at("127.0.0.1")).await("opened");
        assertThat(own.events).as("own requests use the reserve").contains("opened");
    }

    @Test
    void repliesLeaveDescriptorsForOwnRequests() throws IOException {
        NettyNode few = node();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            InetSocketAddress asker = (InetSocketAddress) silent.getLocalSocketAddress();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            ConnectionManager replying = few.call(() -> new ConnectionManager(
                    few.substrate.loop(), ON_LOOPBACK, MessageCipher.PLAIN, local -> true, peer -> {}));
            few.call(() -> {
                ReplyPath path = replying.replyPath(asker);
                for (int i = 0; i < 10; i++) {
                    path.reply(new byte[] {1}, failure -> {
                        if (failure != null) {
                            failures.add(failure);
                        }
                    });
                }
                return path;
            });
            Await.until("the oldest give way, so far " + failures, () -> failures.size() == 5);
            few.connect(node.at("127.0.0.1")).await("opened");
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            few.substrate.loop().execute(() -> replying.close(() -> closed.complete(true)));
            Await.result("the end of the replies", closed);
        }
    }

    /** They are opened to the sources of datagrams, too. */
    @Test
    void sessionsInReplyLeaveDescriptorsForOwnRequests() throws IOException {
        NettyNode few = node();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            InetSocketAddress asker = (InetSocketAddress) silent.getLocalSocketAddress();
            ConnectionManager replying = few.call(() -> new ConnectionManager(
                    few.substrate.loop(), ON_LOOPBACK, MessageCipher.PLAIN, local -> true, peer -> {}));
            int opened = few.call(() -> {
                int count = 0;
                for (; count < 10 && replying.hasRoomForSessionInReply(); count++) {
                    replying.replyPath(asker).open(NoOpConnectionListener.INSTANCE);
                }
                return count;
            });
            assertThat(opened).isEqualTo(5);
            few.connect(node.at("127.0.0.1")).await("opened");
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            few.substrate.loop().execute(() -> replying.close(() -> closed.complete(true)));
            Await.result("the end of the replies", closed);
        }
    }
}
