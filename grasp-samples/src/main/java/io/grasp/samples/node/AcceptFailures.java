package io.grasp.samples.node;

import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.text.Failures;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Prints a line when connections cannot be accepted, or others have to end for them, because there are too few file
 * descriptors: at once, and then at most once a minute, with the number of failures.
 */
public final class AcceptFailures implements GraspObserver {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;
    private final Consumer<String> lines;
    private boolean reported;
    private long reportedAt;
    private long unreported;

    /**
     * @param nanoTime the clock
     * @param lines receives the lines
     */
    public AcceptFailures(LongSupplier nanoTime, Consumer<String> lines) {
        this.nanoTime = nanoTime;
        this.lines = lines;
    }

    @Override
    public void acceptFailed(Throwable cause) {
        failed(Failures.oneLine(cause));
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        if (reason == DropReason.DESCRIPTORS) {
            failed("few file descriptors are left");
        }
    }

    private void failed(String why) {
        unreported++;
        long now = nanoTime.getAsLong();
        if (reported && now - reportedAt < MINUTE) {
            return;
        }
        String times = reported ? ", " + unreported + " times since the last report" : "";
        lines.accept("cannot accept connections: " + why + times);
        reported = true;
        reportedAt = now;
        unreported = 0;
    }
}
