package io.grasp.substrate.netty.member;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The computations of one TLS engine, off the loop. The JDK's hold the engine's lock, for which the loop would wait if
 * it closed the engine meanwhile, as the TLS handler does when its channel closes. So this handler, which is before it,
 * then lets it miss that; it is removed from the pipeline anyway. A computation that has not begun when the channel
 * closes counts too, though it may be forgotten: nothing waits for it any more.
 *
 * <p>While a computation is awaited, nothing is read: the TLS handler would collect all that a peer sends meanwhile.
 */
final class TlsTasks extends ChannelDuplexHandler implements Executor {
    private final Executor threads;
    private final Executor loop;
    private final Runnable finished;
    private final AtomicInteger underWay = new AtomicInteger();
    private int unfinished;
    private @Nullable ChannelHandlerContext heldRead;

    /**
     * @param threads compute
     * @param loop the loop of the TLS handler
     * @param finished called on the loop after each computation, when the handler has gone on
     */
    TlsTasks(Executor threads, Executor loop, Runnable finished) {
        this.threads = threads;
        this.loop = loop;
        this.finished = finished;
    }

    /** Called on the loop. */
    @Override
    public void execute(Runnable task) {
        unfinished++;
        underWay.incrementAndGet();
        try {
            threads.execute(() -> {
                try {
                    task.run(); // at its end it has the handler go on, on a later turn of the loop
                } finally {
                    underWay.decrementAndGet();
                    handlerGoesOn();
                }
            });
        } catch (RejectedExecutionException closing) {
            unfinished--;
            underWay.decrementAndGet();
            throw closing;
        }
    }

    private void handlerGoesOn() {
        try {
            loop.execute(() -> {
                unfinished--;
                readAgain();
                finished.run();
            });
        } catch (RejectedExecutionException ended) {
            // with all channels
        }
    }

    /** {@return whether the TLS handler waits for a computation, before it goes on with what has arrived} */
    boolean isAwaited() {
        return unfinished > 0;
    }

    /** The TLS handler asks for more input again and again until the handshake is done. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (isAwaited()) {
            heldRead = ctx;
        } else {
            ctx.read();
        }
    }

    private void readAgain() {
        ChannelHandlerContext held = heldRead;
        if (held != null && !isAwaited()) {
            heldRead = null;
            held.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ChannelHandlerContext tls = ctx.pipeline().context(SslHandler.class);
        if (underWay.get() == 0 || tls == null) {
            ctx.fireChannelInactive();
        } else {
            tls.fireChannelInactive();
        }
    }
}
