package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.Loop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class NettyLoopTest {
    private final NettyLoop loop = NettyLoop.create();

    @AfterEach
    void close() {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("end of the loop", closed);
    }

    private Thread thread() {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        loop.execute(() -> thread.complete(Thread.currentThread()));
        return Await.result("the loop's thread", thread);
    }

    @Test
    void runsTasksInOrderAndNotAtOnce() {
        List<Integer> order = new CopyOnWriteArrayList<>();
        loop.execute(() -> {
            loop.execute(() -> order.add(1));
            loop.wakeAt(loop.nanoTime() - 1, () -> order.add(3));
            loop.execute(() -> order.add(2));
            order.add(0);
        });
        Await.until("four tasks", () -> order.size() == 4);
        assertThat(order).startsWith(0).contains(3).containsSubsequence(1, 2);
    }

    /** All of these are due at once by Netty's clock. */
    @Test
    void wakeupsRunInTheOrderOfTheirTimesByTheLoopsClock() {
        AtomicLong time = new AtomicLong();
        NettyLoop slow = NettyLoop.on(new LoopClock(time::get, () -> LoopClock.UNKNOWN));
        List<Integer> order = new CopyOnWriteArrayList<>();
        slow.execute(() -> {
            for (int nanos : new int[] {3, 1, 5, 2, 4}) {
                slow.wakeAt(nanos, () -> order.add(nanos));
            }
            time.set(2);
        });
        Await.until("two wakeups", () -> order.size() == 2);
        time.set(5);
        Await.until("all wakeups", () -> order.size() == 5);
        assertThat(order).containsExactly(1, 2, 3, 4, 5);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        slow.close(failure -> closed.complete(true));
        Await.result("end of the loop", closed);
    }

    @Test
    void wakeupsRunAtTheirTimeUnlessCancelled() {
        List<String> woken = new CopyOnWriteArrayList<>();
        CompletableFuture<Long> late = new CompletableFuture<>();
        long due = loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        loop.execute(() -> {
            Loop.Wakeup cancelled = loop.wakeAt(due - 1_000_000, () -> woken.add("cancelled"));
            loop.wakeAt(due, () -> late.complete(loop.nanoTime() - due));
            cancelled.cancel();
            cancelled.cancel();
        });
        assertThat(Await.result("the wakeup", late)).isNotNegative();
        assertThat(woken).isEmpty();
    }

    /** So work in pieces, each armed by the one before, keeps no socket waiting. A task would run before the input. */
    @Test
    void inputComesBeforeAWakeupThatIsDueAtOnce() throws IOException {
        List<String> order = new CopyOnWriteArrayList<>();
        NioDatagramChannel channel = new NioDatagramChannel();
        channel.pipeline().addLast(new SimpleChannelInboundHandler<DatagramPacket>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
                order.add("input");
            }
        });
        loop.events().register(channel).syncUninterruptibly();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly();
        try (DatagramChannel sender = DatagramChannel.open()) {
            loop.execute(() -> {
                order.add("first");
                try {
                    sender.send(ByteBuffer.wrap(new byte[] {1}), channel.localAddress());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                loop.wakeAt(loop.nanoTime(), () -> order.add("second"));
            });
            Await.until("all", () -> order.size() == 3);
        }
        assertThat(order).containsExactly("first", "input", "second");
        channel.close().syncUninterruptibly();
    }

    /** Otherwise a peer that sends without end delays what the loop owes to others. */
    @Test
    void inputWithoutEndDoesNotPutOffAWakeupForLong() throws IOException {
        CompletableFuture<Integer> inputsBefore = new CompletableFuture<>();
        AtomicInteger inputs = new AtomicInteger();
        NioDatagramChannel channel = new NioDatagramChannel();
        channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(64).maxMessagesPerRead(1));
        try (DatagramChannel sender = DatagramChannel.open()) {
            channel.pipeline().addLast(new SimpleChannelInboundHandler<DatagramPacket>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) throws IOException {
                    inputs.incrementAndGet();
                    long began = System.nanoTime();
                    for (long busy = 0; busy < 1_000_000; busy = System.nanoTime() - began) {
                        continue;
                    }
                    if (!inputsBefore.isDone()) {
                        sender.send(ByteBuffer.wrap(new byte[] {1}), channel.localAddress());
                    }
                }
            });
            loop.events().register(channel).syncUninterruptibly();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .syncUninterruptibly();
            loop.execute(() -> {
                try {
                    sender.send(ByteBuffer.wrap(new byte[] {1}), channel.localAddress());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                loop.wakeAt(loop.nanoTime(), () -> inputsBefore.complete(inputs.get()));
            });
            assertThat(Await.result("the wakeup", inputsBefore)).isBetween(1, 8);
        } finally {
            channel.close().syncUninterruptibly();
        }
    }

    @Test
    void onlyItsThreadIsInTheLoop() {
        Thread thread = thread();
        assertThat(thread.getName()).isEqualTo("grasp-loop");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(loop.inLoop()).isFalse();
        CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
        loop.execute(() -> inLoop.complete(loop.inLoop()));
        assertThat(Await.result("a task", inLoop)).isTrue();
    }

    @Test
    void blockingOnTheLoopFails() {
        CompletableFuture<Boolean> blocked = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                Mono.delay(Duration.ofMillis(1)).block();
                blocked.complete(true);
            } catch (IllegalStateException e) {
                blocked.completeExceptionally(e);
            }
        });
        assertThatThrownBy(() -> Await.result("block()", blocked)).hasMessageContaining("block()/blockFirst()");
    }

    @Test
    void anExceptionInATaskIsReportedAndTheLoopContinues() {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread thread = thread();
        thread.setUncaughtExceptionHandler((where, what) -> uncaught.add(what));
        IllegalStateException first = new IllegalStateException("from a task");
        IllegalStateException second = new IllegalStateException("from a wakeup");
        loop.execute(() -> {
            loop.wakeAt(loop.nanoTime(), () -> {
                throw second;
            });
            throw first;
        });
        Await.until("both failures", () -> uncaught.size() == 2);
        assertThat(uncaught).containsExactly(first, second);
        assertThat(thread()).isSameAs(thread);
    }

    /** Nothing shows which of its nodes is still consistent. */
    @Test
    void anyErrorInATaskEndsTheLoopAfterItsListeners() {
        Thread thread = thread();
        AssertionError error = new AssertionError("expected by this test");
        List<Throwable> received = new CopyOnWriteArrayList<>();
        CompletableFuture<Throwable> closed = new CompletableFuture<>();
        loop.execute(() -> {
            loop.onFailure(first -> {
                received.add(first);
                loop.execute(() -> received.add(new Throwable("ran")));
            });
            throw error;
        });
        loop.close(closed::complete);
        Await.until("end of the thread", () -> !thread.isAlive());
        assertThat(received).hasSize(2).startsWith(error);
        assertThatThrownBy(() -> loop.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasCause(error);
    }

    @Test
    void aLoopThatEndsByATaskClosesItsChannels() {
        NioDatagramChannel ofClosed = open(loop);
        loop.execute(() -> loop.close(failure -> {}));
        Await.until("the end of the loop", loop.events()::isTerminated);
        assertThat(ofClosed.isOpen()).isFalse();

        NettyLoop failing = NettyLoop.create();
        NioDatagramChannel ofFailed = open(failing);
        failing.execute(() -> {
            throw new OutOfMemoryError("expected by this test");
        });
        Await.until("the end of the loop", failing.events()::isTerminated);
        assertThat(ofFailed.isOpen()).isFalse();
    }

    private static NioDatagramChannel open(NettyLoop on) {
        NioDatagramChannel channel = new NioDatagramChannel();
        on.events().register(channel).syncUninterruptibly();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly();
        return channel;
    }

    /** It escapes from a task of Netty, not of the loop, so Netty passes it to the channel only. */
    @Test
    void anErrorInANettyPipelineEndsTheLoop() {
        OutOfMemoryError error = new OutOfMemoryError("expected by this test");
        Thread thread = thread();
        List<Throwable> received = new CopyOnWriteArrayList<>();
        loop.execute(() -> {
            loop.onFailure(received::add);
            new EmbeddedChannel(new Acceptor(loop, accepted -> {}, received::add))
                    .pipeline()
                    .fireExceptionCaught(new DecoderException(error));
        });
        Await.until("end of the thread", () -> !thread.isAlive());
        assertThat(received)
                .singleElement()
                .satisfies(first -> assertThat(first).hasCause(error));
    }

    @Test
    void closingRunsPendingTasksAndEndsTheThread() {
        Thread thread = thread();
        List<String> ran = new CopyOnWriteArrayList<>();
        loop.execute(() -> loop.wakeAt(loop.nanoTime() + TimeUnit.HOURS.toNanos(1), () -> ran.add("wakeup")));
        loop.execute(() -> ran.add("task"));
        CompletableFuture<Thread> toldOn = new CompletableFuture<>();
        loop.close(failure -> toldOn.complete(Thread.currentThread()));
        assertThat(Await.result("end of the loop", toldOn)).isSameAs(thread);
        Await.until("end of the thread", () -> !thread.isAlive());
        assertThat(ran).containsExactly("task");
        assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aLoopCanBeClosedFromItsThreadAndUnused() {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.execute(() -> loop.close(failure -> closed.complete(true)));
        assertThat(Await.result("end of the loop", closed)).isTrue();
        CompletableFuture<Boolean> unused = new CompletableFuture<>();
        NettyLoop.create().close(failure -> unused.complete(true));
        assertThat(Await.result("end of an unused loop", unused)).isTrue();
    }
}
