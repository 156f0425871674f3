package io.grasp.substrate.netty;

import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.IntrusiveList;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Closes a TCP channel in such a way that the peer gets everything that was sent.
 *
 * <pre>
 *              flushed, FIN sent            peer's FIN, or time is up
 *    FLUSHING ------------------> DRAINING --------------------------> channel closed
 *        |
 *        '-- write failed, or time is up: failed
 * </pre>
 *
 * <p>A socket that is closed with unread bytes, or that receives bytes after it was closed, resets the connection. The
 * reset destroys what the peer has not read yet, such as our last message. So our direction is ended first, and the
 * socket is closed when the peer has ended its own.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the channel reports its closing
final class GracefulClose {
    private final NettyLoop loop;
    private final FixedDelayTimers waits;
    private final TcpChannel channel;
    private final Consumer<Throwable> failed;
    private boolean inputEnded;
    private boolean draining;
    private IntrusiveList.@Nullable Node<?> wait;

    /**
     * @param waits timers with the time that the peer may take for each of the two transitions
     * @param inputEnded whether the peer has ended its direction
     * @param failed called once if not everything was sent
     */
    GracefulClose(
            NettyLoop loop,
            FixedDelayTimers waits,
            TcpChannel channel,
            boolean inputEnded,
            Consumer<Throwable> failed) {
        this.loop = loop;
        this.waits = waits;
        this.channel = channel;
        this.inputEnded = inputEnded;
        this.failed = failed;
    }

    void begin() {
        if (channel.isFlushed()) {
            drain();
            return;
        }
        arm(() -> failed.accept(new IOException("the peer took too long to read what was sent")));
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(flushed -> loop.run(() -> {
                    if (flushed.isSuccess()) {
                        drain();
                    } else {
                        failed.accept(flushed.cause());
                    }
                }));
    }

    private void drain() {
        draining = true;
        if (inputEnded) {
            closeSoon();
            return;
        }
        arm(channel::close);
        try {
            channel.endOutput();
        } catch (IOException gone) {
            channel.close();
        }
    }

    /** {@return whether everything is sent, so that later failures do not matter} */
    boolean isDraining() {
        return draining;
    }

    void inputEnded() {
        inputEnded = true;
        if (draining) {
            closeSoon();
        }
    }

    /** Closes after all other events that came in at the same time: callers may wait for those, but not for this. */
    private void closeSoon() {
        cancel();
        channel.eventLoop().execute(channel::close);
    }

    /** Stops the timer. */
    void cancel() {
        if (wait != null) {
            wait.leave();
        }
    }

    private void arm(Runnable timedOut) {
        cancel();
        wait = waits.begin(timedOut);
    }
}
