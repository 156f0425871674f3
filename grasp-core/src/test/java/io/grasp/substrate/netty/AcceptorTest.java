package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptorTest {
    private final NettyLoop loop = NettyLoop.create();
    private final List<TcpChannel> taken = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final EmbeddedChannel server =
            new EmbeddedChannel(new Acceptor(loop, taken::add, cause -> failures.add(cause.getMessage())));

    @AfterEach
    void close() {
        server.close();
        CompletableFuture<Throwable> closed = new CompletableFuture<>();
        loop.close(closed::complete);
        Await.result("the end of the loop", closed);
    }

    @Test
    void afterAFailureAcceptingPausesForASecond() {
        long began = System.nanoTime();
        onLoop(() -> server.pipeline().fireExceptionCaught(new IOException("Too many open files")));
        assertThat(server.config().isAutoRead()).isFalse();
        Await.until("accepting again", () -> server.config().isAutoRead());
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(failures).containsExactly("Too many open files");
        server.checkException(); // nothing is left for Netty's log
    }

    @Test
    void aChannelThatCannotBeRegisteredIsClosed() {
        TcpChannel closed = new TcpChannel();
        closed.unsafe().closeForcibly();
        TcpChannel good = new TcpChannel();
        onLoop(() -> {
            server.pipeline().fireChannelRead(closed);
            server.pipeline().fireChannelRead(good);
        });
        assertThat(taken).containsExactly(good);
        server.checkException();
    }

    private void onLoop(Runnable task) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> {
            task.run();
            done.complete(true);
        });
        Await.result("the loop", done);
    }
}
