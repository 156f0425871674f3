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
 * then lets it miss that; it is removed from the pipeline anyway.
 */
final class TlsTasks extends ChannelInboundHandlerAdapter implements Executor {
    private final Executor threads;
    private final AtomicInteger underWay = new AtomicInteger();

    TlsTasks(Executor threads) {
        this.threads = threads;
    }

    /** Called on the loop. */
    @Override
    public void execute(Runnable task) {
        underWay.incrementAndGet();
        try {
            threads.execute(() -> {
                try {
                    task.run();
                } finally {
                    underWay.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException closing) {
            underWay.decrementAndGet();
            throw closing;
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
