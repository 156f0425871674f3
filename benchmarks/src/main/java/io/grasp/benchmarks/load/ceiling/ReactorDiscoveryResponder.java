package io.grasp.benchmarks.load.ceiling;

import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.DiscoveryClient;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * Bare Reactor Netty without GRASP: for each datagram it opens a connection to the sender, and sends as many bytes as a
 * response has. The sender of the datagram closes first.
 */
public final class ReactorDiscoveryResponder implements LocalImplementation {
    private final DiscoveryClient client;
    private final int port;
    private final LoopResources loop = LoopResources.create("reactor-answers", 1, true);
    private final TcpClient connecting =
            TcpClient.create(ConnectionProvider.newConnection()).runOn(loop, false);
    private final Connection bound;

    public ReactorDiscoveryResponder(String link, int port) throws SocketException {
        this.client = new DiscoveryClient(link);
        this.port = port;
        bound = MulticastChannels.listen(loop, link, port, packet -> {
            ByteBuf content = packet.content();
            answer(packet.sender(), content.getInt(content.readerIndex() + DiscoveryClient.SESSION_OFFSET));
        });
    }

    private void answer(InetSocketAddress sender, int session) {
        connecting
                .remoteAddress(() -> sender)
                .handle((in, out) -> out.sendByteArray(Mono.just(DiscoveryClient.answer(session)))
                        .then(in.receive().then()))
                .connect()
                .subscribe(opened -> {}, failure -> {}); // the client notices
    }

    @Override
    public void begin(ClosedLoop sessions) {
        client.begin(sessions, port);
    }

    @Override
    public void close() {
        bound.disposeNow(Duration.ofSeconds(5));
        loop.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
        client.close();
    }
}
