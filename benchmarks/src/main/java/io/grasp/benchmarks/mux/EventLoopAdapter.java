package io.grasp.benchmarks.mux;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopFailure;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A Netty event loop as the loop of a node, without what a node needs beyond a benchmark. */
final class EventLoopAdapter implements Loop {
    private final EventLoop events;
    private final LoopFailure failure = new LoopFailure();

    EventLoopAdapter(EventLoop events) {
        this.events = events;
    }

    @Override
    public void execute(Runnable task) {
        events.execute(task);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        ScheduledFuture<?> scheduled = events.schedule(task, nanoTime - nanoTime(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public Wakeup onFailure(Consumer<? super Throwable> listener) {
        return failure.listen(listener);
    }

    @Override
    public boolean inLoop() {
        return events.inEventLoop();
    }
}
