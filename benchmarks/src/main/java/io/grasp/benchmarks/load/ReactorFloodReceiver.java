package io.grasp.benchmarks.load;

import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;

/** Bare Reactor Netty: datagrams are received and counted. */
final class ReactorFloodReceiver implements FloodReceiver {
    private final int port;
    private final AtomicLong taken = new AtomicLong();
    private final LoopResources loop = LoopResources.create("reactor-floods", 1, true);
    private final Connection bound;

    ReactorFloodReceiver(String link, int port) throws SocketException {
        this.port = port;
        bound = Multicasting.listen(loop, link, port, packet -> taken.lazySet(taken.get() + 1));
    }

    @Override
    public String name() {
        return "Reactor Netty";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public long taken() {
        return taken.get();
    }

    @Override
    public void close() {
        bound.disposeNow(Duration.ofSeconds(5));
        loop.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
    }
}
