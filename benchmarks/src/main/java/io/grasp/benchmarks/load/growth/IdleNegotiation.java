package io.grasp.benchmarks.load.growth;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.RequestOptions;
import io.grasp.benchmarks.memory.NoOpConnection;
import io.grasp.benchmarks.memory.NoOpNode;
import io.grasp.benchmarks.memory.NoOpSubstrate;
import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.config.Limits;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Measures the heap that an open idle negotiation takes on one side. Its connection takes almost nothing. */
public final class IdleNegotiation {
    private static final Objective EX1 = SampleMessages.EX1;
    private static final Duration LONG = Duration.ofHours(1);

    private final int count;
    private final NoOpSubstrate substrate = new NoOpSubstrate(1);
    private final Asa asa;
    private final List<Object> kept = new ArrayList<>();

    public IdleNegotiation(int count) {
        this.count = count;
        Limits limits = Limits.DEFAULTS
                .withSessions(4 * count) // one source gets less than half
                .withConnections(2 * count)
                .withConnectionsPerPeer(2 * count);
        Grasp grasp = await(Grasp.start(GraspConfig.defaults()
                .withLimits(limits)
                .withSubstrate(() -> substrate)
                .withRandom(() -> new SplittableRandom(1))));
        asa = await(grasp.registerAsa("bench"));
        await(asa.register(EX1).thenReturn(true));
        asa.listenNegotiate(EX1).subscribe(kept::add);
        substrate.loop().run();
    }

    private <T> T await(Mono<T> one) {
        AtomicReference<T> result = new AtomicReference<>();
        one.subscribe(result::set);
        substrate.loop().run();
        return Objects.requireNonNull(result.get(), "nothing");
    }

    /** {@return the bytes of a negotiation that this node has requested, while it is the peer's turn} */
    public double initiator() {
        return each(() -> {
            kept.add(asa.negotiate(
                            EX1,
                            RequestOptions.to(NoOpNode.PEER).withTimeout(LONG),
                            offers -> Flux.<io.grasp.api.Move>never())
                    .subscribe());
            substrate.loop().run();
        });
    }

    /** {@return the bytes of a negotiation that a peer has requested, while it is this node's turn} */
    public double responder() {
        InetSocketAddress peer = new InetSocketAddress(SampleMessages.INITIATOR, 40_000);
        int before = kept.size();
        double bytes = each(() -> {
            long session = 0x4000_0000L + kept.size();
            NoOpConnection connection = substrate.accept(peer);
            connection.receive(MessageEncoder.encode(new RequestNegotiation(new SessionId(session), EX1)));
            kept.add(connection);
        });
        if (kept.size() != before + 2 * count) {
            throw new IllegalStateException("not all requests were accepted");
        }
        return bytes;
    }

    private double each(Runnable open) {
        long before = Heap.used();
        for (int i = 0; i < count; i++) {
            open.run();
        }
        return (Heap.used() - before) / (double) count;
    }
}
