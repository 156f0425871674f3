package io.grasp.substrate.sim.time;

/** A node's clock: a linear function of the network's time that changes when the clock is set, and never goes back. */
public final class NodeClock {
    /**
     * The farthest time scheduled on the network's loop: half of the range in which a loop can distinguish future from
     * past.
     */
    private static final long FARTHEST = Long.MAX_VALUE / 2;

    private static final double SLOWEST = 1e-3;
    private static final double FASTEST = 1e3;

    private double rate = 1;
    private long trueBase;
    private long localBase;

    public NodeClock(long now) {
        trueBase = now;
        localBase = now;
    }

    public void set(long now, long offset, double newRate) {
        if (!(newRate >= SLOWEST && newRate <= FASTEST)) {
            throw new IllegalArgumentException("clock rate " + newRate + " is not from " + SLOWEST + " to " + FASTEST);
        }
        long local = local(now);
        long wanted = now + offset;
        localBase = wanted - local > 0 ? wanted : local;
        trueBase = now;
        rate = newRate;
    }

    /** {@return the clock's time at a network time} */
    long local(long now) {
        long elapsed = now - trueBase;
        return localBase + (rate == 1 ? elapsed : (long) (elapsed * rate));
    }

    /** {@return the network time at which the clock first shows a time, limited to the farthest time} */
    long network(long now, long local) {
        long ahead = local - localBase;
        long elapsed = rate == 1 ? ahead : (long) Math.ceil(ahead / rate);
        long farthest = now - trueBase + FARTHEST;
        if (elapsed >= farthest) {
            return trueBase + farthest;
        }
        long time = trueBase + elapsed;
        // Rounding must not make it too early: the same wakeup would be scheduled again and again.
        while (local(time) - local < 0) {
            time++;
        }
        return time;
    }
}
