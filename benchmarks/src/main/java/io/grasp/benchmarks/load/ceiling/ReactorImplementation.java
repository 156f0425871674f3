package io.grasp.benchmarks.load.ceiling;

import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.LocalImplementation;
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

/**
 * Bare Reactor Netty without GRASP: it opens the same connections and sends the same number of bytes. It closes
 * connections in its own way; the server closes first.
 */
public final class ReactorImplementation implements LocalImplementation {
    private final LoopResources server = LoopResources.create("reactor-server", 1, true);
    private final LoopResources client = LoopResources.create("reactor-client", 1, true);
    private volatile List<Integer> lengths = List.of(1, 1);
    private final DisposableServer bound;
    private final TcpClient connecting;

    public ReactorImplementation() {
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
    public void begin(ClosedLoop sessions) {
        List<Integer> newLengths = sessions.exchange().lengths();
        lengths = newLengths;
        client.onClient(false).next().execute(() -> sessions.start(slot -> connect(slot, newLengths)));
    }

    private static Publisher<Void> serve(NettyInbound in, NettyOutbound out, List<Integer> lengths) {
        MessageCounter counter = new MessageCounter(lengths, 0);
        Flux<byte[]> answers = in.receive().handle((bytes, sink) -> {
            counter.read(bytes.readableBytes(), sink);
            if (counter.isOver()) {
                sink.complete(); // this also closes the connection, before the client does
            }
        });
        return out.send(answers.map(Unpooled::wrappedBuffer), each -> true);
    }

    private void connect(ClosedLoop.Slot slot, List<Integer> newLengths) {
        SessionEnd ending = new SessionEnd(slot);
        connecting
                .handle((in, out) -> {
                    MessageCounter counter = new MessageCounter(newLengths, 1);
                    Flux<byte[]> answers = in.receive().handle((bytes, sink) -> {
                        counter.read(bytes.readableBytes(), sink);
                        if (counter.isOver()) {
                            ending.ended(true);
                        }
                    });
                    Flux<byte[]> all = Flux.concat(Mono.just(new byte[newLengths.get(0)]), answers);
                    return out.send(all.map(Unpooled::wrappedBuffer), each -> true);
                })
                .connect()
                .subscribe(opened -> opened.onDispose(() -> ending.ended(false)), failure -> ending.ended(false));
    }

    /** Ends a session when its last message has arrived or its connection has closed, whichever is first. */
    private static final class SessionEnd {
        private final ClosedLoop.Slot slot;
        private boolean done;

        SessionEnd(ClosedLoop.Slot slot) {
            this.slot = slot;
        }

        void ended(boolean success) {
            if (!done) {
                done = true;
                slot.ended(success);
            }
        }
    }

    /** Counts received bytes, and emits the next message when it has received a complete one. */
    private static final class MessageCounter {
        private final List<Integer> lengths;
        private int next;
        private int read;

        MessageCounter(List<Integer> lengths, int next) {
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
