package io.grasp.substrate.netty;

import io.grasp.model.MemoryNeed;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopFailure;
import io.grasp.util.TimerHeap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/**
 * A loop on a Netty event loop. Its only thread, {@code grasp-loop}, starts with the first task. It is a daemon thread
 * and a {@link NonBlocking} one, so that Reactor's {@code block()} fails on it instead of stopping the node.
 *
 * <p>A node may also run {@linkplain #on(LoopResources) on a loop of the application}, which has some limits.
 *
 * <p>Several substrates may share a loop. The code that created it must close it, after the substrates.
 *
 * <p>A process may pause, because of a signal or a long garbage collection, or the machine may sleep. Afterwards the
 * loop reads all received input before it runs expired timers, so that an answer that has arrived is not reported as a
 * timeout.
 *
 * <p>An exception of a task goes to the thread's uncaught exception handler; the loop continues. An {@link Error} of a
 * task, a timer, a channel or Netty itself ends the loop, and with it all nodes on it: nothing shows which of them is
 * still consistent. They are notified ({@link #onFailure}), then all channels are closed and the thread ends.
 */
public final class NettyLoop implements Loop {
    /**
     * The maximum number of reads of the sockets before expired timers run: a peer that sends without a pause must not
     * prevent them.
     */
    private static final int MAX_READS = 16;

    /** After this time timers are not put off by more input: peers that send without end would delay the others. */
    private static final long READING_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** The maximum number of attempts to end in good order if each fails with an error, for example of memory. */
    private static final int MAX_ENDINGS = 8;

    private static final int MAX_CAUSES = 8;

    /**
     * The minimum, and how often a loop of the application reads the sockets before expired timers run: a turn accepts,
     * the next reads.
     */
    private static final int MIN_READS = 2;

    private static final int RESERVE_BYTES = 256 << 10;

    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    private final LoopClock clock;
    private final Descriptors descriptors;

    /** What the nodes on this loop may need. */
    private final List<MemoryNeed> needs = new CopyOnWriteArrayList<>();

    private final LoopFailure failure = new LoopFailure();

    /** Memory that is released when the loop fails, because ending everything needs some. */
    @SuppressWarnings("UnusedVariable") // it is only released
    private byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    /** An error that has not been handled, because its task was called from within others. */
    private volatile @Nullable Throwable pending;

    /** Created in advance, because an error may leave no memory for it. */
    private final Runnable handlePending = this::handlePending;

    /** The pending timers of this loop, of which Netty knows none: after a pause it would run them in another order. */
    private final TimerHeap<ScheduledWakeup> waiting = new TimerHeap<>();

    /** Netty's task that runs timers, not later than for the first of them; {@code null} if there is none. */
    private @Nullable ScheduledFuture<?> wakeup;

    private long wakeupTime;

    /** The time at which the last read of the sockets began; timers that expired later wait for the next read. */
    private long deliveredUntil;

    // One event loop without a group: a group would report its end on another thread, Netty's global executor.
    private final EventLoop events;

    /** The channels of the nodes, on a loop of the application, which is not ended to close them. */
    private final @Nullable ChannelGroup channels;

    private volatile boolean left;

    private NettyLoop(EventLoop ofApplication) {
        clock = LoopClock.ofMachine();
        clock.catchUp(); // a sleep counts from now on
        descriptors = new Descriptors(clock::nanoTime, Descriptors.ofProcess());
        deliveredUntil = clock.nanoTime();
        new NioServerSocketChannel().unsafe().closeForcibly(); // as below
        events = ofApplication;
        channels = new DefaultChannelGroup(ofApplication);
    }

    private NettyLoop(LoopClock clock, LongSupplier freeDescriptors) {
        this.channels = null;
        this.clock = clock;
        clock.catchUp(); // a sleep counts from now on
        this.descriptors = new Descriptors(clock::nanoTime, freeDescriptors);
        this.deliveredUntil = clock.nanoTime();
        // The first channel of a process makes Netty and the JDK read files, which the loop must not do.
        new NioServerSocketChannel().unsafe().closeForcibly();
        ThreadFactory threads = LoopThread::new;
        events = new InputFirstEventLoop(threads);
    }

    /** {@return a new loop, which the caller must close} */
    public static NettyLoop create() {
        return on(LoopClock.ofMachine());
    }

    /**
     * A loop of the application, so that, for example, a WebFlux service and its node need no other thread. It is one
     * of the NIO event loops of the resources; a server shares it that also runs on them without native transport
     * ({@code runOn(resources, false)}).
     *
     * <p>Its differences from a loop of its own: Netty may run other timers of the application between those of nodes;
     * after a pause, it reads all received input at least twice, not until there is none, before it runs expired
     * timers; an {@link Error} of a node's task ends the nodes on it and closes their channels, but not the event
     * loop, and errors of other tasks of the event loop do not end the nodes; {@link #memoryOfProcess()} does not know
     * the nodes on it, because its thread is the application's: a node that starts there counts itself and the others
     * on this loop ({@link #memoryOfProcess(NettyLoop)}), and other nodes do not count them.
     *
     * @param resources the application's; it disposes of them after it has closed the nodes
     * @return a loop, which the caller must close when no node uses it any more; that does not end the event loop
     */
    public static NettyLoop on(LoopResources resources) {
        return new NettyLoop(resources.onServer(false).next());
    }

    static NettyLoop on(LoopClock clock) {
        return on(clock, Descriptors.ofProcess());
    }

    static NettyLoop on(LoopClock clock, LongSupplier freeDescriptors) {
        return new NettyLoop(clock, freeDescriptors);
    }

    @Override
    public void execute(Runnable task) {
        if (left) {
            Throwable error = failure.error();
            throw new RejectedExecutionException(
                    error == null ? "the loop is closed" : "the loop has failed: " + error, error);
        }
        try {
            events.execute(() -> {
                handlePending();
                run(task);
            });
        } catch (RejectedExecutionException ended) {
            Throwable error = failure.error();
            throw error == null ? ended : new RejectedExecutionException("the loop has failed: " + error, error);
        }
    }

    @Override
    public Wakeup onFailure(Consumer<? super Throwable> listener) {
        return failure.listen(listener);
    }

    /** {@return whether an error has ended the loop, or is about to} */
    public boolean hasFailed() {
        return pending != null;
    }

    /**
     * Ends the loop if a failure is an {@link Error} or was caused by one of the virtual machine. The nodes are
     * notified outside of all tasks. Called on the loop.
     *
     * @param thrown what a task, a channel or a listener has thrown
     * @return whether it does
     */
    public boolean failsBy(@Nullable Throwable thrown) {
        boolean fatal = thrown instanceof Error;
        Throwable cause = thrown;
        for (int depth = 0; cause != null && !fatal && depth < MAX_CAUSES; depth++) {
            fatal = cause instanceof VirtualMachineError;
            cause = cause.getCause();
        }
        if (!fatal || thrown == null) {
            return false;
        }
        reserve = null;
        if (pending == null) {
            pending = thrown;
        }
        try {
            events.execute(handlePending);
        } catch (Throwable again) {
            // out of memory once more, or ended: the next turn of the loop handles it
        }
        return true;
    }

    private void handlePending() {
        Throwable error = pending;
        if (error != null && failure.error() == null) {
            failure.fail(error);
            end();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the thread itself reports its end
    private void end() {
        if (channels != null) {
            events.execute(() -> leave(channels));
            return;
        }
        events.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
    }

    /** Closes what the nodes have on the application's loop, after the tasks that they have submitted. */
    private void leave(ChannelGroup open) {
        if (left) {
            return;
        }
        left = true;
        cancelWakeup();
        while (waiting.pollDue(Long.MAX_VALUE / 2 + nanoTime()) != null) {
            // it does not run any more
        }
        open.close().addListener(closed -> ended.complete(null));
    }

    /**
     * Notes a channel of a node, so that it closes if the node fails on a loop of the application.
     *
     * @param channel the channel
     */
    public void track(Channel channel) {
        if (channels != null) {
            channels.add(channel);
        }
    }

    /**
     * {@inheritDoc} It leaps forward when the machine has slept; a substrate checks for that each time it polls its
     * links.
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
        ScheduledWakeup timer = new ScheduledWakeup(task);
        if (left) {
            return timer; // as on an event loop that has ended
        }
        long now = nanoTime();
        waiting.arm(timer, nanoTime - now > 0 ? nanoTime : now);
        scheduleWakeup();
        return timer;
    }

    /** Leaves a wake-up alone that is too early: it finds no timer due, and schedules another. */
    private void scheduleWakeup() {
        if (waiting.size() == 0) {
            return;
        }
        long earliest = waiting.earliest();
        if (wakeup == null || earliest - wakeupTime < 0) {
            cancelWakeup();
            wakeup = events.schedule(this::wake, earliest - nanoTime(), TimeUnit.NANOSECONDS);
            wakeupTime = earliest;
        }
    }

    private void cancelWakeup() {
        if (wakeup != null) {
            wakeup.cancel(false);
            wakeup = null;
        }
    }

    private void wake() {
        if (channels == null) {
            runTimers();
        } else {
            readFirst(MIN_READS, nanoTime());
        }
    }

    /** Netty reads the sockets before it runs a task with a delay, however short. */
    private void readFirst(int reads, long began) {
        if (left) {
            return;
        }
        if (reads == 0) {
            deliveredUntil = began;
            runTimers();
            return;
        }
        long now = nanoTime();
        wakeup = events.schedule(() -> readFirst(reads - 1, now), 1, TimeUnit.NANOSECONDS);
    }

    /** Runs the timers that were due when the last read of the sockets began; others wait for the next turn. */
    private void runTimers() {
        handlePending();
        wakeup = null;
        for (ScheduledWakeup due = waiting.pollDue(deliveredUntil);
                due != null;
                due = waiting.pollDue(deliveredUntil)) {
            run(due.task);
        }
        scheduleWakeup();
    }

    /** Checks whether the machine has slept; if so, timers that expired meanwhile run soon. Called on the loop. */
    public void catchUp() {
        if (clock.catchUp()) {
            cancelWakeup();
            scheduleWakeup();
        }
    }

    @Override
    public boolean inLoop() {
        return events.inEventLoop();
    }

    /**
     * Runs the tasks submitted so far, drops pending timers, closes the channels that are still open, and ends the
     * thread. May be called from any thread; calling it again only calls {@code closed}.
     *
     * @param closed called as the last action of the loop's thread, or at once if the thread has ended
     */
    @SuppressWarnings("FutureReturnValueIgnored") // of the completion
    public void close(Completion closed) {
        ended.whenComplete((nothing, failed) -> run(() -> closed.done(null)));
        end();
    }

    /**
     * Adds the memory that a node on this loop may need, until the loop has ended.
     *
     * @param ofNode the node's need
     * @return removes it again
     */
    public Runnable addMemory(MemoryNeed ofNode) {
        needs.add(ofNode);
        return () -> needs.remove(ofNode);
    }

    /**
     * {@return the memory that the nodes of all running loops of this process may need} The JVM's own list of threads
     * leads to the loops. So the process needs no other list, and a loop that has ended, for whatever reason, does not
     * count.
     */
    public static MemoryNeed memoryOfProcess() {
        return threadsOfProcess()
                .filter(LoopThread.class::isInstance)
                .flatMap(thread -> ((LoopThread) thread).loop().needs.stream())
                .reduce(MemoryNeed.NONE, MemoryNeed::and);
    }

    /**
     * {@return the same with that of the nodes on a loop, which may be one of the application}
     *
     * @param here the loop
     */
    public static MemoryNeed memoryOfProcess(NettyLoop here) {
        MemoryNeed known = memoryOfProcess();
        return here.channels == null ? known : here.needs.stream().reduce(known, MemoryNeed::and);
    }

    private static Stream<Thread> threadsOfProcess() {
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        Thread[] all;
        int count;
        do { // it leaves out threads for which there is no room
            all = new Thread[2 * top.activeCount() + 2];
            count = top.enumerate(all);
        } while (count == all.length);
        return Arrays.stream(all, 0, count);
    }

    /** {@return the number of timers that have not expired} Called on the loop. */
    int timers() {
        return waiting.size();
    }

    /** {@return Netty's event loop, for the channels of a substrate} */
    public EventLoop events() {
        return events;
    }

    /** {@return the file descriptors of this process, for what is opened on this loop} Used on the loop. */
    public Descriptors descriptors() {
        return descriptors;
    }

    /**
     * Runs a task now, on the loop. An exception of it neither ends the loop nor affects the caller; an error ends the
     * loop.
     *
     * @param task the task, for example a call of a listener
     */
    public void run(Runnable task) {
        try {
            task.run();
        } catch (Exception exception) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, exception);
        } catch (Throwable error) {
            failsBy(error);
        }
    }

    /**
     * Runs a task after channels that are being closed have released their ports, which takes one more select. Called
     * on the loop.
     *
     * @param task the task
     */
    public void executeAfterSelect(Runnable task) {
        events.execute(() -> wakeAt(nanoTime(), task));
    }

    /**
     * Netty's event loop, except that it reads all input before it runs expired timers. Netty reads once, and not at
     * all if a signal interrupted its wait for the sockets for longer than planned. Reading once is not enough either:
     * input on a new connection can be read only after the turn that accepts it.
     */
    private final class InputFirstEventLoop extends SingleThreadIoEventLoop {
        InputFirstEventLoop(ThreadFactory threads) {
            super(null, threads, NioIoHandler.newFactory());
        }

        /**
         * An error that escapes from Netty would end the thread and leave all sockets open without a server. So the
         * loop fails, and Netty's loop runs again to close them, because it is then being shut down.
         */
        @Override
        protected void run() {
            for (int endings = 0; endings < MAX_ENDINGS; endings++) {
                try {
                    super.run();
                    ioHandler().prepareToDestroy(); // closes channels; Netty does not if a task has begun the end
                    return;
                } catch (Throwable error) {
                    failsBy(error);
                    try {
                        handlePending();
                    } catch (Throwable again) {
                        // tried again, with less that needs memory
                    }
                }
            }
        }

        @Override
        protected int runIo() {
            handlePending();
            long began = clock.nanoTime();
            int all = super.runIo(); // waits unless there is work
            long end = clock.nanoTime() + READING_NANOS;
            for (int reads = 0; isAnythingDue() && readsAgain(reads, end); reads++) {
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

        private boolean readsAgain(int reads, long end) {
            return reads < MIN_READS || reads < MAX_READS && clock.nanoTime() - end < 0;
        }

        private boolean isAnythingDue() {
            return nextScheduledTaskNano() == 0; // -1 for none
        }
    }

    /** A pending timer. */
    private final class ScheduledWakeup extends TimerHeap.Timer implements Wakeup {
        private final Runnable task;

        ScheduledWakeup(Runnable task) {
            this.task = task;
        }

        @Override
        public void cancel() {
            waiting.cancel(this);
        }
    }

    private final class LoopThread extends FastThreadLocalThread implements NonBlocking {
        LoopThread(Runnable task) {
            super(task, "grasp-loop");
            setDaemon(true);
        }

        NettyLoop loop() {
            return NettyLoop.this;
        }

        @Override
        public void run() {
            try {
                super.run();
            } finally {
                ended.complete(null);
            }
        }
    }
}
