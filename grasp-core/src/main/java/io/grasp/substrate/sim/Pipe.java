package io.grasp.substrate.sim;

import io.grasp.substrate.Loop.Wakeup;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
 */
final class Pipe {
    private static final byte[] NO_BYTES = {};

    private final SimNetwork network;
    private final Endpoint end;
    private final Queue<Segment> undelivered = new ArrayDeque<>(4);
    private final NavigableMap<Long, Segment> lost = new TreeMap<>();
    private Route route;
    private long sent;
    private long lastArrival;
    private int retries;
    private boolean waiting;
    private boolean stopped;
    private @Nullable Segment probe;
    private @Nullable Wakeup timer;

    /** The owner of a pipe. */
    interface Endpoint {
        /** {@return a usable route to replace the pipe's broken one, or {@code null} if there is none} */
        @Nullable
        Route reroute();

        /** {@return whether arrivals no longer matter} */
        boolean isPointless();

        /** The pipe has been abandoned. */
        void gaveUp();
    }

    Pipe(SimNetwork network, Route route, Endpoint end) {
        this.network = network;
        this.route = route;
        this.end = end;
    }

    SimNetwork network() {
        return network;
    }

    Route route() {
        return route;
    }

    /** Sends a mark in order with the bytes. */
    void send(String what, Runnable arrival) {
        send(what, NO_BYTES, 0, 0, (bytes, corrupted) -> arrival.run());
    }

    void send(String what, byte[] bytes, int offset, int length, Segment.Delivery delivery) {
        Segment segment = new Segment(this, sent++, what, bytes, offset, length, delivery);
        undelivered.add(segment);
        if (retries > 0) {
            lost.put(segment.number(), segment);
        } else {
            transmit(segment);
        }
    }

    /** Sends a reset, once, after everything that is in transit. */
    void sendReset(Runnable arrival) {
        takeUsableRoute();
        new Packet(network, route, 0) {
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
        }.launch(route);
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
    long inOrder(long earliest) {
        lastArrival = Math.max(lastArrival, earliest);
        return lastArrival;
    }

    void lost(Segment segment) {
        if (stopped) {
            return;
        }
        if (segment == probe) {
            probe = null;
        }
        lost.put(segment.number(), segment);
        if (!waiting && probe == null) {
            waiting = true;
            long due = lost.firstEntry().getValue().sentAt() + network.tcp().rtoNanos(route, retries);
            timer = network.timerAt(due, () -> {
                timer = null;
                route.from().host().whenAwake(this::timeout);
            });
        }
    }

    void arrived(Segment segment) {
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
        } else if (retries == network.tcp().retries()) {
            network.observers().publish(Kind.TIMED_OUT, route, "sent " + (retries + 1) + " times");
            stop();
            end.gaveUp();
        } else {
            retries++;
            probe = lost.pollFirstEntry().getValue();
            transmit(probe);
        }
    }

    private void transmit(Segment segment) {
        takeUsableRoute();
        segment.send(route);
    }

    private void takeUsableRoute() {
        if (!route.isUsable()) {
            Route other = end.reroute();
            route = other == null ? route : other;
        }
    }

    /** Each delivery runs in its own turn, so that an exception does not hold up the next one. */
    private void deliverNext() {
        Segment head = undelivered.peek();
        if (head == null || !head.hasArrived()) {
            return;
        }
        undelivered.remove();
        Segment next = undelivered.peek();
        if (next != null && next.hasArrived()) {
            network.deliverAt(network.elapsed(), this::deliverNext);
        }
        head.deliver();
    }
}
