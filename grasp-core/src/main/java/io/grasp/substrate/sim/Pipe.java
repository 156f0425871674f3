package io.grasp.substrate.sim;

import io.grasp.substrate.Loop.Wakeup;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.SeededRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a stream: bytes arrive in order, and lost segments are retransmitted as {@link SimTcp} specifies.
 *
 * <pre>
 *           a segment is lost            its timer fires: resent
 *  FLOWING ------------------&gt; FLOWING -------------------------&gt; PROBING --+ lost again: the timer is doubled
 *  (no losses)                 (losses known)                        |  ^---+ too often: the stream is abandoned
 *      ^                                                             | it arrives: all others are resent
 *      +-------------------------------------------------------------+
 * </pre>
 *
 * While it probes, newly sent data waits together with the lost segments.
 *
 * @param <P> the kind of its paths
 */
final class Pipe<P extends Path> {
    private static final byte[] NO_BYTES = {};

    private final NetworkContext context;
    private final Endpoint<P> end;
    private final Queue<Segment> undelivered = new ArrayDeque<>(4);
    private final NavigableMap<Long, Segment> lost = new TreeMap<>();
    private P path;
    private long sent;
    private long lastArrival;
    private int retries;
    private boolean waiting;
    private boolean stopped;
    private @Nullable Segment probe;
    private @Nullable Wakeup timer;

    /** The owner of a pipe. */
    interface Endpoint<P extends Path> {
        /** {@return a usable path to replace the pipe's broken one, or {@code null} if there is none} */
        @Nullable
        P reroute();

        /** {@return whether arrivals no longer matter} */
        boolean isPointless();

        /** The pipe has been abandoned. */
        void gaveUp();
    }

    /** Receives arrived segments. */
    @FunctionalInterface
    interface Delivery {
        /**
         * Delivers a segment in order.
         *
         * @param bytes a copy that the receiver owns
         * @param corrupted whether they differ from the bytes sent
         */
        void deliver(byte[] bytes, boolean corrupted);
    }

    Pipe(NetworkContext context, P path, Endpoint<P> end) {
        this.context = context;
        this.path = path;
        this.end = end;
    }

    P path() {
        return path;
    }

    /** Sends a mark in order with the bytes. */
    void send(String what, Runnable arrival) {
        send(what, NO_BYTES, 0, 0, (bytes, corrupted) -> arrival.run());
    }

    void send(String what, byte[] bytes, int offset, int length, Delivery delivery) {
        Segment segment = new Segment(sent++, what, bytes, offset, length, delivery);
        undelivered.add(segment);
        if (retries > 0) {
            lost.put(segment.number, segment);
        } else {
            transmit(segment);
        }
    }

    /** Sends a reset, once, after everything that is in transit. */
    void sendReset(Runnable arrival) {
        takeUsablePath();
        new Packet(context.timeline(), path, 0) {
            @Override
            void arrived() {
                arrival.run();
            }

            @Override
            void lost() {
                // the peer notices when it sends
            }

            @Override
            long arrivalAt(long earliest) {
                return inOrder(earliest);
            }
        }.launch(path);
    }

    /** Stops retransmissions. Segments in transit still arrive, up to the first gap. */
    void stop() {
        stopped = true;
        lost.clear();
        probe = null;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** {@return the arrival time of a segment, given its earliest possible time: not before earlier segments} */
    private long inOrder(long earliest) {
        lastArrival = Math.max(lastArrival, earliest);
        return lastArrival;
    }

    private void lost(Segment segment) {
        if (stopped) {
            return;
        }
        if (segment == probe) {
            probe = null;
        }
        lost.put(segment.number, segment);
        if (!waiting && probe == null) {
            waiting = true;
            long due = lost.firstEntry().getValue().sentAt + context.tcp().rtoNanos(path.delayNanos(), retries);
            timer = context.timeline().timerAt(due, () -> {
                timer = null;
                path.whenStartIsAwake(this::timeout);
            });
        }
    }

    private void arrived(Segment segment) {
        if (segment == probe) {
            probe = null;
            retries = 0;
            List<Segment> others = new ArrayList<>(lost.values());
            lost.clear();
            others.forEach(this::transmit);
        }
        deliverNext();
    }

    private void timeout() {
        waiting = false;
        if (stopped || lost.isEmpty()) {
            return;
        }
        if (end.isPointless()) {
            stop();
        } else if (retries == context.tcp().retries()) {
            context.observers().publish(Kind.TIMED_OUT, path, "sent " + (retries + 1) + " times");
            stop();
            end.gaveUp();
        } else {
            retries++;
            probe = lost.pollFirstEntry().getValue();
            transmit(probe);
        }
    }

    private void transmit(Segment segment) {
        takeUsablePath();
        segment.send();
    }

    private void takeUsablePath() {
        if (!path.isUsable()) {
            P other = end.reroute();
            path = other == null ? path : other;
        }
    }

    /** Each delivery runs in its own turn, so that an exception does not hold up the next one. */
    private void deliverNext() {
        Segment head = undelivered.peek();
        if (head == null || !head.arrived) {
            return;
        }
        undelivered.remove();
        Segment next = undelivered.peek();
        if (next != null && next.arrived) {
            context.timeline().deliverAt(context.timeline().elapsed(), this::deliverNext);
        }
        head.deliver();
    }

    /** A part of the stream: some bytes, or a mark between bytes. */
    private final class Segment extends Packet {
        private final long number;
        private final String what;
        private final byte[] bytes;
        private final int offset;
        private final int length;
        private final Delivery delivery;
        private long sentAt;
        private boolean sentBefore;
        private boolean arrived;

        Segment(long number, String what, byte[] bytes, int offset, int length, Delivery delivery) {
            super(context.timeline(), path, length);
            this.number = number;
            this.what = what;
            this.bytes = bytes;
            this.offset = offset;
            this.length = length;
            this.delivery = delivery;
        }

        void send() {
            if (sentBefore && context.observers().any()) {
                context.observers().publish(Kind.RETRANSMITTED, path, copy(), what);
            }
            sentBefore = true;
            sentAt = context.timeline().elapsed();
            launch(path);
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
            return inOrder(earliest);
        }

        @Override
        void arrived() {
            arrived = true;
            Pipe.this.arrived(this);
        }

        @Override
        void lost() {
            Pipe.this.lost(this);
        }
    }
}
