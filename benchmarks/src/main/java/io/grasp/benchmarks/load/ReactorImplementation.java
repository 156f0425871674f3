package io.grasp.benchmarks.load;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.DisposableServer;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** Bare Reactor Netty: the same connects and bytes. It closes connections in its own way, the server first. */
final class ReactorImplementation implements LocalImplementation {
    private final LoopResources server = LoopResources.create("reactor-server", 1, true);
    private final LoopResources client = LoopResources.create("reactor-client", 1, true);
    private volatile List<Integer> lengths = List.of(1, 1);
    private final DisposableServer bound;
    private final TcpClient connecting;

    ReactorImplementation() {
        bound = TcpServer.create()
                .runOn(server, false)
                .host("::1")
                .port(0)
                .handle((in, out) -> serve(in, out, lengths))
                .bindNow(Duration.ofSeconds(5));
        connecting = TcpClient.create(ConnectionProvider.newConnection())
                .runOn(client, false)
                .remoteAddress(bound::address);
    }

    @Override
    public void hold(ClosedLoop sessions) {
        List<Integer> said = sessions.exchange().lengths();
        lengths = said;
        client.onClient(false).next().execute(() -> sessions.start(slot -> connect(slot, said)));
    }

    private static Publisher<Void> serve(NettyInbound in, NettyOutbound out, List<Integer> lengths) {
        Turns talk = new Turns(lengths, 0);
        Flux<byte[]> answers = in.receive().handle((bytes, sink) -> {
            talk.read(bytes.readableBytes(), sink);
            if (talk.isOver()) {
                sink.complete(); // this also closes the connection, before the client does
            }
        });
        return out.send(answers.map(Unpooled::wrappedBuffer), each -> true);
    }

    private void connect(ClosedLoop.Slot slot, List<Integer> said) {
        SessionEnd ending = new SessionEnd(slot);
        connecting
                .handle((in, out) -> {
                    Turns talk = new Turns(said, 1);
                    Flux<byte[]> answers = in.receive().handle((bytes, sink) -> {
                        talk.read(bytes.readableBytes(), sink);
                        if (talk.isOver()) {
                            ending.ended(true);
                        }
                    });
                    Flux<byte[]> all = Flux.concat(Mono.just(new byte[said.get(0)]), answers);
                    return out.send(all.map(Unpooled::wrappedBuffer), each -> true);
                })
                .connect()
                .subscribe(opened -> opened.onDispose(() -> ending.ended(false)), failure -> ending.ended(false));
    }

    /** Ends a session once: after its last message, or with its connection. */
    private static final class SessionEnd {
        private final ClosedLoop.Slot slot;
        private boolean done;

        SessionEnd(ClosedLoop.Slot slot) {
            this.slot = slot;
        }

        void ended(boolean well) {
            if (!done) {
                done = true;
                slot.ended(well);
            }
        }
    }

    /** Counts bytes: the side that has read a complete message sends the next one. */
    private static final class Turns {
        private final List<Integer> lengths;
        private int next;
        private int read;

        Turns(List<Integer> lengths, int next) {
            this.lengths = lengths;
            this.next = next;
        }

        void read(int bytes, SynchronousSink<byte[]> answer) {
            read += bytes;
            if (!isOver() && read == lengths.get(next)) {
                read = 0;
                next++;
                if (!isOver()) {
                    answer.next(new byte[lengths.get(next++)]);
                }
            }
        }

        boolean isOver() {
            return next == lengths.size();
        }
    }

    @Override
    public void close() {
        bound.disposeNow(Duration.ofSeconds(5));
        client.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
        server.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
    }
}
