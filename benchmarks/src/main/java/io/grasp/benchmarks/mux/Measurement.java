package io.grasp.benchmarks.mux;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs sessions in a closed loop for a time: when one has ended, the next begins. */
final class Measurement {
    private static final int COLLECTIONS = 3;
    private static final int MAX_SAMPLES = 1 << 20;

    /** How long after its time a run may end: on a busy machine, 64 handshakes of a cold JVM take some seconds. */
    private static final long PATIENCE_SECONDS = 60;

    private final Contender contender;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final long[] nanos = new long[MAX_SAMPLES];
    private long deadline;
    private int running;
    private long sessions;
    private long failed;

    private Measurement(Contender contender) {
        this.contender = contender;
    }

    /**
     * The result of one run.
     *
     * @param rate sessions in a second
     * @param medianMicros the median of the time that a session takes
     * @param failed how many sessions were not complete; they do not count in the rate
     */
    record Result(double rate, double medianMicros, long failed) {}

    static Result run(Contender contender, int atOnce, double seconds) throws InterruptedException {
        Measurement measurement = new Measurement(contender);
        return measurement.run(atOnce, (long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    private Result run(int atOnce, long length) throws InterruptedException {
        long began = System.nanoTime();
        contender.initiator().execute(() -> {
            deadline = began + length;
            running = atOnce;
            for (int i = 0; i < atOnce; i++) {
                session();
            }
        });
        await(ended, length);
        double seconds = (double) (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
        long[] taken = Arrays.copyOf(nanos, (int) Math.min(sessions, MAX_SAMPLES));
        Arrays.sort(taken);
        double median = taken.length == 0 ? Double.NaN : taken[taken.length / 2];
        return new Result(sessions / seconds, median / TimeUnit.MICROSECONDS.toNanos(1), failed);
    }

    private void session() {
        long began = System.nanoTime();
        contender.session(complete -> {
            long now = System.nanoTime();
            if (complete) {
                nanos[(int) (sessions++ % MAX_SAMPLES)] = now - began;
            } else {
                failed++;
            }
            if (now - deadline < 0) {
                contender.initiator().execute(this::session);
            } else if (--running == 0) {
                ended.complete(true);
            }
        });
    }

    /** {@return what one open session keeps on the heap, of both ends together, in bytes} */
    static double idleBytes(Contender contender, int count) throws InterruptedException {
        long before = heap();
        CompletableFuture<Boolean> all = new CompletableFuture<>();
        int[] answered = new int[1];
        contender.initiator().execute(() -> idle(contender, count, answered, all));
        await(all, 0);
        return (double) (heap() - before) / count;
    }

    private static void idle(Contender contender, int count, int[] answered, CompletableFuture<Boolean> all) {
        contender.idle(() -> {
            answered[0]++;
            if (answered[0] == count) {
                all.complete(true);
            } else {
                contender.initiator().execute(() -> idle(contender, count, answered, all));
            }
        });
    }

    private static long heap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void await(CompletableFuture<Boolean> done, long nanos) throws InterruptedException {
        try {
            done.get(nanos + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("a session has not ended", e);
        }
    }
}
