package io.grasp.substrate.sim;

/** A node's clock: a straight line over the network's time, that bends when the clock is set, and never goes back. */
final class NodeClock {
    /** As far ahead as anything is asked of the network's loop: half of what a loop can tell from the past. */
    private static final long FARTHEST = Long.MAX_VALUE / 2;

    private static final double SLOWEST = 1e-3;
    private static final double FASTEST = 1e3;

    private double rate = 1;
    private long trueBase;
    private long localBase;

    NodeClock(long now) {
        trueBase = now;
        localBase = now;
    }

    void set(long now, long offset, double newRate) {
        if (!(newRate >= SLOWEST && newRate <= FASTEST)) {
            throw new IllegalArgumentException("clock rate " + newRate + " is not from " + SLOWEST + " to " + FASTEST);
        }
        long local = local(now);
        long wanted = now + offset;
        localBase = wanted - local > 0 ? wanted : local;
        trueBase = now;
        rate = newRate;
    }

    /** {@return what the clock shows at a time of the network} */
    long local(long now) {
        long elapsed = now - trueBase;
        return localBase + (rate == 1 ? elapsed : (long) (elapsed * rate));
    }

    /** {@return when, at the network's time, the clock first shows a time; a far one is cut to a nearer one} */
    long network(long now, long local) {
        long ahead = local - localBase;
        long elapsed = rate == 1 ? ahead : (long) Math.ceil(ahead / rate);
        long farthest = now - trueBase + FARTHEST;
        if (elapsed >= farthest) {
            return trueBase + farthest;
        }
        long time = trueBase + elapsed;
        // What was rounded must not come out too early: the same wakeup would be asked for again and again.
        while (local(time) - local < 0) {
            time++;
        }
        return time;
    }
}
