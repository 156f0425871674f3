package io.grasp.substrate.netty.member;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.NettyLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The start and the end of a substrate:
 *
 * <pre>
 *  NEW --- start ---&gt; STARTING --- completeStart ---&gt; STARTED, or FAILED
 *
 *  any --- close ---&gt; CLOSING --- allClosed, and the own loop has ended ---&gt; CLOSED
 * </pre>
 *
 * Except for {@link #start} and {@link #execute}, all methods are called on the loop.
 */
public final class SubstrateLifecycle {
    private final NettyLoop loop;
    private final boolean ownsLoop;
    private final List<Completion> closers = new ArrayList<>();
    private @Nullable SubstrateListener listener;
    private @Nullable Completion starting;
    private Loop.@Nullable Wakeup startTimeout;
    private Loop.@Nullable Wakeup nextPoll;
    private boolean closing;
    private boolean abandoned;
    private boolean closed;

    /**
     * Nothing has been started.
     *
     * @param loop the loop
     * @param ownsLoop whether the loop ends with the substrate
     */
    public SubstrateLifecycle(NettyLoop loop, boolean ownsLoop) {
        this.loop = loop;
        this.ownsLoop = ownsLoop;
    }

    /**
     * Begins the start, on a later turn of the loop. It fails if the substrate has been started before or is closed.
     *
     * @param newListener receives the events of the substrate
     * @param started called when the start is complete
     * @param begin what to do; it leads to {@link #completeStart}
     */
    public void start(SubstrateListener newListener, Completion started, Consumer<SubstrateListener> begin) {
        loop.execute(() -> {
            if (listener != null || closing) {
                Throwable failure =
                        closing ? isClosed() : new IllegalStateException("the substrate has been started before");
                loop.run(() -> started.done(failure));
                return;
            }
            listener = newListener;
            starting = started;
            begin.accept(newListener);
        });
    }

    private static IOException isClosed() {
        return new IOException("the substrate is closed");
    }

    /**
     * Completes the start, unless it is complete.
     *
     * @param failure the reason why the substrate cannot be used, or {@code null}
     */
    public void completeStart(@Nullable Throwable failure) {
        cancel(startTimeout);
        startTimeout = null;
        Completion completion = starting;
        starting = null;
        if (completion != null) {
            loop.run(() -> completion.done(failure));
        }
    }

    /**
     * Completes the start at the latest after a time.
     *
     * @param nanos how long it may take from now on
     */
    public void completeStartWithin(long nanos) {
        startTimeout = loop.wakeAt(loop.nanoTime() + nanos, () -> completeStart(null));
    }

    /** {@return whether the start is not complete yet} */
    public boolean isStarting() {
        return starting != null;
    }

    /** {@return whether the substrate is being closed, or is closed} */
    public boolean isClosing() {
        return closing;
    }

    /** {@return the listener; {@code null} before the start, and from the close on} */
    public @Nullable SubstrateListener listener() {
        return closing ? null : listener;
    }

    /**
     * Reports an event, unless the substrate has not been started or is being closed.
     *
     * @param event calls the listener
     */
    public void report(Consumer<SubstrateListener> event) {
        SubstrateListener known = listener();
        if (known != null) {
            loop.run(() -> event.accept(known));
        }
    }

    /**
     * Runs a task on the loop, unless the substrate is then being closed. Called on any thread.
     *
     * @param task the task
     */
    public void execute(Runnable task) {
        try {
            loop.execute(() -> {
                if (!closing) {
                    task.run();
                }
            });
        } catch (RejectedExecutionException loopHasEnded) {
            // with the substrate
        }
    }

    /**
     * Polls what may change without an event, and the clocks, until the substrate is closed.
     *
     * @param nanos the interval
     * @param look what to do each time
     */
    public void poll(long nanos, Runnable look) {
        if (!closing) {
            nextPoll = loop.wakeAt(loop.nanoTime() + nanos, () -> {
                loop.catchUp();
                look.run();
                poll(nanos, look);
            });
        }
    }

    /**
     * Closes the substrate.
     *
     * @param completion called when it is closed
     * @param close closes what is open, once; it leads to {@link #allClosed}
     * @param abandon what to do instead if the loop has failed, once, also if a close is under way: steps that end
     *     everything at once, of which each is taken even if those before it fail
     */
    public void close(Completion completion, Runnable close, Runnable... abandon) {
        if (closed) {
            completion.done(null);
            return;
        }
        closers.add(completion);
        if (loop.hasFailed()) {
            closing = true;
            abandon(abandon);
            loop.close(ended -> completeClose());
            return;
        }
        if (closing) {
            return;
        }
        closing = true;
        completeStart(isClosed());
        cancel(nextPoll);
        close.run();
    }

    private void abandon(Runnable... steps) {
        if (abandoned) {
            return;
        }
        abandoned = true;
        cancel(nextPoll);
        for (Runnable each : steps) {
            loop.run(each);
        }
        completeStart(new IOException("the loop has failed"));
    }

    /** Completes the close: nothing is open any more, except channels that end with the next select. */
    public void allClosed() {
        loop.executeAfterSelect(() -> {
            if (ownsLoop) {
                loop.close(ended -> completeClose());
            } else {
                completeClose();
            }
        });
    }

    private void completeClose() {
        if (closed) {
            return;
        }
        closed = true;
        closers.forEach(each -> loop.run(() -> each.done(null)));
        closers.clear();
    }

    private static void cancel(Loop.@Nullable Wakeup timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /**
     * Ends something that others have provided, such as a search for neighbors; its failure affects nothing else.
     *
     * @param provided what to end; {@code null} for nothing
     */
    public void end(@Nullable AutoCloseable provided) {
        if (provided != null) {
            loop.run(() -> {
                try {
                    provided.close();
                } catch (Exception e) {
                    throw new IllegalStateException(provided + " cannot be closed", e);
                }
            });
        }
    }
}
