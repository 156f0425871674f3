package io.grasp.substrate.netty;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
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
 * <p>A process may be stopped for a while, by a signal or a long garbage collection, or the machine may sleep.
 * Afterwards the loop reads what has arrived before it runs what has become due, so that an answer that has arrived
 * is not reported as a timeout.
 *
 * <p>What a task throws is told to the thread's uncaught exception handler; the loop goes on.
 */
public final class NettyLoop implements Loop {
    /**
     * How often the sockets are read, at most, before what is due runs: a peer that sends without a pause must not stop
     * it.
     */
    private static final int MAX_READS = 16;

    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    private final LoopClock clock;

    /** Those of this loop that wait for their time. */
    private final Set<Timer> waiting = new HashSet<>();

    /** When the sockets were last read begins here; what became due later waits for the next time. */
    private long deliveredUntil;

    // One event loop without a group: a group would tell its end on another thread, Netty's global executor.
    private final EventLoop events;

    private NettyLoop(LoopClock clock) {
        this.clock = clock;
        this.deliveredUntil = clock.nanoTime();
        // The first one of a process has Netty and the JDK read files, which the loop must not do.
        new NioServerSocketChannel().unsafe().closeForcibly();
        ThreadFactory threads = task -> new LoopThread(task, () -> ended.complete(null));
        events = new Events(threads);
    }

    /** {@return a new loop, which the caller has to close} */
    public static NettyLoop create() {
        return on(LoopClock.ofMachine());
    }

    static NettyLoop on(LoopClock clock) {
        return new NettyLoop(clock);
    }

    @Override
    public void execute(Runnable task) {
        events.execute(() -> run(task));
    }

    /**
     * {@inheritDoc} It leaps forward when the machine has slept; a substrate looks for that as often as at its links.
     */
    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public long deliveredUntil() {
        return deliveredUntil;
    }

    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        return new Timer(nanoTime, task);
    }

    /** Looks whether the machine has slept; if so, what has become due meanwhile is run soon. Called on the loop. */
    void catchUp() {
        if (clock.catchUp()) {
            waiting.stream()
                    .sorted(Comparator.comparingLong(Timer::left))
                    .toList()
                    .forEach(Timer::rearm);
        }
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

    /**
     * Netty's event loop, but with everything read before what is due runs. Netty reads once, and not at all when its
     * wait for the sockets was interrupted by a signal and has become too long by then. One time is not enough either:
     * what comes on a new connection is read the time after this is accepted.
     */
    private final class Events extends SingleThreadIoEventLoop {
        Events(ThreadFactory threads) {
            super(null, threads, NioIoHandler.newFactory());
        }

        @Override
        protected int runIo() {
            long began = clock.nanoTime();
            int all = super.runIo(); // waits, unless there is something to do
            for (int reads = 0; reads < MAX_READS && isAnythingDue(); reads++) {
                began = clock.nanoTime();
                int handled = super.runIo();
                all += handled;
                if (handled == 0) {
                    break;
                }
            }
            deliveredUntil = began;
            return all;
        }

        private boolean isAnythingDue() {
            return nextScheduledTaskNano() == 0; // -1 for none
        }
    }

    /** A task that waits for its time. */
    private final class Timer implements Wakeup, Runnable {
        private final long nanoTime;
        private final Runnable task;
        private ScheduledFuture<?> scheduled;

        Timer(long nanoTime, Runnable task) {
            this.nanoTime = nanoTime;
            this.task = task;
            this.scheduled = schedule();
            waiting.add(this);
        }

        private ScheduledFuture<?> schedule() {
            return events.schedule(this, left(), TimeUnit.NANOSECONDS);
        }

        long left() {
            return nanoTime - NettyLoop.this.nanoTime();
        }

        void rearm() {
            scheduled.cancel(false);
            scheduled = schedule();
        }

        @Override
        public void run() {
            if (nanoTime - deliveredUntil > 0) {
                scheduled = schedule(); // for the next turn, which begins with the sockets
                return;
            }
            waiting.remove(this);
            NettyLoop.this.run(task);
        }

        @Override
        public void cancel() {
            if (waiting.remove(this)) {
                scheduled.cancel(false);
            }
        }
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
