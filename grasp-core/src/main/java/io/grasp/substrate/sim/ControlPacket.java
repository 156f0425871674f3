package io.grasp.substrate.sim;

import io.grasp.substrate.sim.time.Timeline;

/** A packet without payload that is not retransmitted by itself: SYN, SYN-ACK, RST. */
final class ControlPacket extends Packet {
    private final Runnable arrival;
    private final Runnable loss;

    ControlPacket(Timeline timeline, Path path, Runnable arrival, Runnable loss) {
        super(timeline, path, 0);
        this.arrival = arrival;
        this.loss = loss;
    }

    @Override
    void arrived() {
        arrival.run();
    }

    @Override
    void lost() {
        loss.run();
    }
}
