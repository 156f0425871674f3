package io.grasp.simulation;

import io.grasp.substrate.sim.SimNetwork;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Waits until no message is in transit and no connection is open on a network. */
final class Quiescence {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** Longer than a stream tries to reach a peer that has gone. */
    private static final int MOST_LOOKS = 1200;

    private final SimNetwork network;
    private final MonoSink<Void> sink;
    private int looks;

    private Quiescence(SimNetwork network, MonoSink<Void> sink) {
        this.network = network;
        this.sink = sink;
    }

    /** {@return completes when the network is quiet, or after a maximum wait} */
    static Mono<Void> on(SimNetwork network) {
        return Mono.create(sink -> network.loop().execute(new Quiescence(network, sink)::look));
    }

    private void look() {
        boolean quiet = network.openConnections() == 0 && network.pendingDeliveries() == 0;
        if (quiet || ++looks == MOST_LOOKS) {
            sink.success();
        } else {
            network.loop().wakeAt(network.loop().nanoTime() + LOOK_EVERY.toNanos(), this::look);
        }
    }
}
