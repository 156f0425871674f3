package io.grasp.engine.node;

import io.grasp.engine.fairness.FairQueue;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.substrate.Loop;

/**
 * Work for peers that can wait, a piece in each turn of the loop, so that input of others is handled between two
 * pieces. Links take turns, and on each link its sources: the number of connections of a source makes no difference.
 */
public final class FairTurns {
    private final Loop loop;
    private final FairQueue<Runnable> waiting = new FairQueue<>(Integer.MAX_VALUE, work -> {});
    private boolean scheduled;

    FairTurns(Loop loop) {
        this.loop = loop;
    }

    /**
     * Does a piece of work in the source's turn. The caller bounds the number of pieces that wait.
     *
     * @param work runs on the loop, later than this call
     */
    public void await(TrafficSource source, Runnable work) {
        waiting.offer(source, work);
        schedule();
    }

    private void schedule() {
        if (!scheduled && waiting.size() > 0) {
            scheduled = true;
            loop.wakeAt(loop.nanoTime(), this::next); // a task would run before the next input
        }
    }

    private void next() {
        scheduled = false;
        Runnable work = waiting.poll();
        schedule();
        if (work != null) {
            work.run();
        }
    }
}
