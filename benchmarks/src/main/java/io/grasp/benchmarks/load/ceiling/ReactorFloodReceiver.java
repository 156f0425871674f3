package io.grasp.benchmarks.load.ceiling;

import io.grasp.benchmarks.load.workload.FloodReceiver;
import java.net.SocketException;
import java.time.Duration;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;

/** Bare Reactor Netty without GRASP: receives and counts datagrams. */
public final class ReactorFloodReceiver extends FloodReceiver {
    private final LoopResources loop = LoopResources.create("reactor-floods", 1, true);
    private final Connection bound;

    public ReactorFloodReceiver(String link, int port) throws SocketException {
        super(port);
        bound = MulticastChannels.listen(loop, link, port, packet -> countOne());
    }

    @Override
    public void close() {
        bound.disposeNow(Duration.ofSeconds(5));
        loop.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
    }
}
