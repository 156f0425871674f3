package io.grasp.substrate.netty;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;

/**
 * A loop that is one Netty event loop. Its only thread, {@code grasp-loop}, starts with the first task; it is a daemon
 * and marked as {@link NonBlocking}, so that Reactor's {@code block()} on it fails instead of stopping the node.
 *
 * <p>Several substrates may share a loop. It belongs to whoever created it, who closes it after them.
 *
 * <p>What a task throws is told to the thread's uncaught exception handler; the loop goes on.
 */
public final class NettyLoop implements Loop {
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    // One event loop without a group: a group would tell its end on another thread, Netty's global executor.
    private final EventLoop events;

    private NettyLoop() {
        // The first one of a process has Netty and the JDK read files, which the loop must not do.
        new NioServerSocketChannel().unsafe().closeForcibly();
        ThreadFactory threads = task -> new LoopThread(task, () -> ended.complete(null));
        events = new SingleThreadIoEventLoop(null, threads, NioIoHandler.newFactory());
    }

    /** {@return a new loop, which the caller has to close} */
    public static NettyLoop create() {
        return new NettyLoop();
    }

    @Override
    public void execute(Runnable task) {
        events.execute(() -> run(task));
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        ScheduledFuture<?> wakeup = events.schedule(() -> run(task), nanoTime - nanoTime(), TimeUnit.NANOSECONDS);
        return () -> wakeup.cancel(false);
    }

    @Override
    public boolean inLoop() {
        return events.inEventLoop();
    }

    /**
     * Runs the tasks given so far, drops those that wait for their time, closes the channels that are still open, and
     * ends the thread. Called from any thread; calling it again only tells {@code closed}.
     *
     * @param closed told as the last thing that the loop's thread does, or at once if that has ended
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the thread itself tells its end
    public void close(Completion closed) {
        ended.whenComplete((nothing, failure) -> run(() -> closed.done(null)));
        events.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
    }

    EventLoop events() {
        return events;
    }

    /** Runs a task now. What it throws must neither end the loop nor keep the caller from going on. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        }
    }

    /** Runs a task after channels that are closed now have let go of their ports, which takes one more select. */
    void executeAfterSelect(Runnable task) {
        events.execute(() -> wakeAt(nanoTime(), task));
    }

    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {
        private final Runnable ended;

        LoopThread(Runnable task, Runnable ended) {
            super(task, "grasp-loop");
            this.ended = ended;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                super.run();
            } finally {
                ended.run();
            }
        }
    }
}
