package io.grasp.substrate.sim;

import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.SeededRandom;
import java.util.Arrays;

/** A part of a stream: some bytes, or a mark between bytes. */
final class Segment extends Packet {
    private final Pipe pipe;
    private final long number;
    private final String what;
    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final Delivery delivery;
    private long sentAt;
    private boolean sent;
    private boolean arrived;

    /** Receives arrived segments. */
    @FunctionalInterface
    interface Delivery {
        /**
         * Delivers the segment in order.
         *
         * @param bytes a copy that the receiver owns
         * @param corrupted whether they differ from the bytes sent
         */
        void deliver(byte[] bytes, boolean corrupted);
    }

    Segment(Pipe pipe, long number, String what, byte[] bytes, int offset, int length, Delivery delivery) {
        super(pipe.network(), pipe.route(), length);
        this.pipe = pipe;
        this.number = number;
        this.what = what;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.delivery = delivery;
    }

    long number() {
        return number;
    }

    /** {@return when it was last sent} */
    long sentAt() {
        return sentAt;
    }

    boolean hasArrived() {
        return arrived;
    }

    void send(Route route) {
        if (sent && network().observers().any()) {
            network().observers().publish(Kind.RETRANSMITTED, route, copy(), what);
        }
        sent = true;
        sentAt = network().elapsed();
        launch(route);
    }

    void deliver() {
        byte[] copy = copy();
        SeededRandom corrupter = corrupter();
        if (corrupter != null) {
            corrupter.flipBits(copy);
        }
        delivery.deliver(copy, corrupter != null);
    }

    private byte[] copy() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    @Override
    long arrivalAt(long earliest) {
        return pipe.inOrder(earliest);
    }

    @Override
    void arrived() {
        arrived = true;
        pipe.arrived(this);
    }

    @Override
    void lost() {
        pipe.lost(this);
    }
}
