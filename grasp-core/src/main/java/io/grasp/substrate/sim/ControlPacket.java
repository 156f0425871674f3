package io.grasp.substrate.sim;

/** A packet without payload that is not retransmitted by itself: SYN, SYN-ACK, RST. */
final class ControlPacket extends Packet {
    private final Runnable arrival;
    private final Runnable loss;

    ControlPacket(SimNetwork network, Route route, Runnable arrival, Runnable loss) {
        super(network, route, 0);
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
