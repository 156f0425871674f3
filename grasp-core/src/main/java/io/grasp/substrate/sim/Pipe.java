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
 * One direction of a stream: what is sent arrives in order, and what is lost is sent again as {@link SimTcp} says.
 *
 * <pre>
 *           a segment is lost             its timer fires: sent again
 *  FLOWING -------------------&gt; FLOWING --------------------------------&gt; PROBING --+ lost again: the timer is doubled
 *  (no losses)                  (losses known)                              |  ^----+ too often: given up
 *      ^                                                                    | it arrives: all others are sent again
 *      +--------------------------------------------------------------------+
 * </pre>
 *
 * While it probes, what is sent anew waits with the lost.
 */
final class Pipe {
    private static final byte[] NO_BYTES = {};

    private final SimNetwork network;
    private final End end;
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

    /** Whose pipe it is. */
    interface End {
        /** {@return a way that can be taken now, as the pipe's is broken, or {@code null} if there is none} */
        @Nullable
        Route reroute();

        /** {@return whether it makes no difference any more what arrives} */
        boolean isPointless();

        /** The pipe has been given up. */
        void gaveUp();
    }

    Pipe(SimNetwork network, Route route, End end) {
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

    /** Sends a mark that takes its place between the bytes. */
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

    /** Sends a reset: behind what is under way, and once. */
    void sendReset(Runnable arrival) {
        takeUsableRoute();
        new Packet(network, route, 0) {
            @Override
            void arrived() {
                arrival.run();
            }

            @Override
            void lost() {
                // the peer learns of it by what it sends
            }

            @Override
            long arrivalAt(long earliest) {
                return inOrder(earliest);
            }
        }.launch(route);
    }

    /** Sends nothing again any more. What is under way still arrives, up to the first gap. */
    void stop() {
        stopped = true;
        lost.clear();
        probe = null;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** {@return when something arrives that could arrive at a time: not before what was sent before it} */
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
            network.observers().tell(Kind.TIMED_OUT, route, "sent " + (retries + 1) + " times");
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

    /** Each delivery has a turn of its own, so that one that throws does not hold up the next. */
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
