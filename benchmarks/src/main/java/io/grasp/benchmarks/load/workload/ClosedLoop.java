package io.grasp.benchmarks.load.workload;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Runs a number of concurrent sessions until the time is up; each session is followed by another as soon as it has
 * ended, or at a fixed rate. All methods except {@link #await} and {@link #pace} are called on one thread, the
 * initiator's loop.
 */
public final class ClosedLoop {
    private static final long MAX_LATENCY = TimeUnit.SECONDS.toNanos(120);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int DIGITS = 3;
    private static final long GRACE_SECONDS = 20;

    private final Exchange exchange;
    private final long nanos;
    private final double perSecond;
    private final List<Slot> slots = new ArrayList<>();
    private final Deque<Slot> free = new ArrayDeque<>();
    private final CountDownLatch idle;
    private final Histogram latency = new Histogram(MAX_LATENCY, DIGITS);
    private final long compiledBefore = JitCompilers.millis();
    private long deadline;
    private final long[] secondBySecond;
    private long begun;
    private long completed;
    private long failed;

    public ClosedLoop(Exchange exchange, int atOnce, Duration time) {
        this(exchange, atOnce, time, 0);
    }

    /**
     * @param perSecond the rate at which sessions begin, as long as no more than {@code atOnce} are under way; 0 for as
     *     fast as possible
     */
    public ClosedLoop(Exchange exchange, int atOnce, Duration time, double perSecond) {
        this.exchange = exchange;
        this.perSecond = perSecond;
        this.nanos = time.toNanos();
        this.secondBySecond = new long[(int) time.toSeconds() + 1];
        this.idle = new CountDownLatch(atOnce);
        for (int i = 0; i < atOnce; i++) {
            slots.add(new Slot(i));
        }
    }

    public Exchange exchange() {
        return exchange;
    }

    /** Begins the first sessions. Called on the initiator's loop. */
    public void start(Consumer<Slot> beginner) {
        deadline = System.nanoTime() + nanos;
        for (Slot slot : slots) {
            slot.beginner = beginner;
            slot.next();
        }
    }

    /** Begins sessions at the fixed rate, if there is one. Called on any thread, after the loop has begun to start. */
    public void pace(Executor loop) {
        if (perSecond > 0) {
            Thread pacing = new Thread(() -> tickUntilTheEnd(loop), "pace");
            pacing.setDaemon(true);
            pacing.start();
        }
    }

    private void tickUntilTheEnd(Executor loop) {
        try {
            while (idle.getCount() > 0) {
                Thread.sleep(1);
                loop.execute(this::tick);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        long now = System.nanoTime();
        double due = perSecond * (now - deadline + nanos) / SECOND;
        if (now - deadline >= 0) {
            for (Slot slot = free.poll(); slot != null; slot = free.poll()) {
                idle.countDown();
            }
        }
        while (begun < due && !free.isEmpty()) {
            free.remove().begin();
        }
    }

    /** Waits until all sessions have ended. Called on any other thread. */
    public RunResult await() throws InterruptedException {
        long maxSeconds = TimeUnit.NANOSECONDS.toSeconds(nanos) + GRACE_SECONDS;
        if (!idle.await(maxSeconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException(idle.getCount() + " sessions did not end within " + maxSeconds + " s");
        }
        return new RunResult(completed, failed, nanos, latency, secondBySecond, JitCompilers.millis() - compiledBefore);
    }

    /** One of the concurrent sessions, and the sessions that follow it. */
    public final class Slot {
        private final int number;
        private Consumer<Slot> beginner = slot -> {};
        private long began;

        private Slot(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }

        private void next() {
            if (perSecond > 0) {
                free.add(this);
            } else {
                begin();
            }
        }

        private void begin() {
            begun++;
            began = System.nanoTime();
            beginner.accept(this);
        }

        /** The session has ended: the last message was received, or has been flushed. */
        public void ended(boolean success) {
            long now = System.nanoTime();
            if (now - deadline >= 0) {
                failed += success ? 0 : 1;
                idle.countDown();
                return;
            }
            if (success) {
                completed++;
                secondBySecond[(int) ((now - deadline + nanos) / SECOND)]++;
                latency.recordValue(Math.min(MAX_LATENCY, now - began));
            } else {
                failed++;
            }
            next();
        }
    }
}
