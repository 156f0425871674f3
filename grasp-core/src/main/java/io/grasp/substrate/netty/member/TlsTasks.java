package io.grasp.substrate.netty.member;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The computations of one TLS engine, off the loop. The JDK's hold the engine's lock, for which the loop would wait if
 * it closed the engine meanwhile, as the TLS handler does when its channel closes. So this handler, which is before it,
 * then lets it miss that; it is removed from the pipeline anyway. A computation that has not begun when the channel
 * closes counts too, though it may be forgotten: nothing waits for it any more.
 */
final class TlsTasks extends ChannelInboundHandlerAdapter implements Executor {
    private final Executor threads;
    private final Executor loop;
    private final Runnable finished;
    private final AtomicInteger underWay = new AtomicInteger();
    private int unfinished;

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
