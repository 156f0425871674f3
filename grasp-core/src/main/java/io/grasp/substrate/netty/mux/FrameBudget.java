package io.grasp.substrate.netty.mux;

import io.grasp.substrate.Loop;
import java.util.concurrent.TimeUnit;

/** Counts the frames of a peer that achieve nothing, in each second. */
public final class FrameBudget {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final int most;
    private long began;
    private int count;

    /**
     * Nothing is counted yet.
     *
     * @param loop whose clock counts
     * @param most how many such frames the peer may send within a second
     */
    public FrameBudget(Loop loop, int most) {
        this.loop = loop;
        this.most = most;
    }

    /**
     * Counts one frame.
     *
     * @param what what it was, for the reader of the failure
     * @throws MuxProtocolException if there were too many
     */
    public void waste(String what) throws MuxProtocolException {
        long now = loop.nanoTime();
        if (count == 0 || now - began >= SECOND) {
            began = now;
            count = 0;
        }
        count++;
        if (count > most) {
            throw new MuxProtocolException(
                    MuxViolation.FLOOD,
                    "more than " + most + " frames in a second that achieve nothing, the last one " + what);
        }
    }
}
