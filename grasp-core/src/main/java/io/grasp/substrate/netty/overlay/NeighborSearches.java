package io.grasp.substrate.netty.overlay;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** The searches for neighbors that others have provided; a failure of one affects nothing else. Used on the loop. */
final class NeighborSearches {
    private final NettyLoop loop;
    private final List<NeighborSource.Search> running = new ArrayList<>();

    NeighborSearches(NettyLoop loop) {
        this.loop = loop;
    }

    void start(NeighborSource source, NeighborSource.Neighbors neighbors) {
        loop.run(() -> running.add(source.start(neighbors)));
    }

    /** Ends all, and waits for none. */
    void end() {
        List<NeighborSource.Search> ending = List.copyOf(running);
        running.clear();
        ending.forEach(each -> loop.run(() -> each.end(Completion.IGNORED)));
    }

    /**
     * Ends all.
     *
     * @param longestNanos how long to wait for them
     * @param ended called once, on the loop, when all have ended or the time is over
     */
    void end(long longestNanos, Runnable ended) {
        List<NeighborSource.Search> open = new ArrayList<>(running);
        running.clear();
        if (open.isEmpty()) {
            ended.run();
            return;
        }
        Loop.Wakeup timeout = loop.wakeAt(loop.nanoTime() + longestNanos, () -> {
            open.clear();
            ended.run();
        });
        for (NeighborSource.Search each : List.copyOf(open)) {
            Runnable hasEnded = () -> {
                if (open.remove(each) && open.isEmpty()) {
                    timeout.cancel();
                    ended.run();
                }
            };
            loop.run(() -> each.end(failure -> execute(hasEnded)));
        }
    }

    private void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException loopHasEnded) {
            // after the time was over
        }
    }
}
