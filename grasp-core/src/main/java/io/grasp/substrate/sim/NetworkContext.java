package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import io.grasp.substrate.sim.time.Timeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** What the parts of a network share: its time, observers, names and settings, so that they need not know it. */
final class NetworkContext {
    private final Timeline timeline;
    private final EventPublisher observers;
    private final Random order;
    private final NameTable names = new NameTable();
    private SimTcp tcp = SimTcp.DEFAULT;
    private int chunkSize = Integer.MAX_VALUE;
    private int openConnections;

    NetworkContext(Loop loop, long seed) {
        this.timeline = new Timeline(loop);
        this.observers = new EventPublisher(timeline);
        this.order = new Random(seed);
    }

    Timeline timeline() {
        return timeline;
    }

    EventPublisher observers() {
        return observers;
    }

    NameTable names() {
        return names;
    }

    /** {@return a copy in the order in which a multicast reaches its receivers} */
    <T> List<T> shuffled(Collection<T> receivers) {
        List<T> copy = new ArrayList<>(receivers);
        for (int i = copy.size(); i > 1; i--) {
            Collections.swap(copy, i - 1, order.nextInt(i));
        }
        return copy;
    }

    SimTcp tcp() {
        return tcp;
    }

    void setTcp(SimTcp newTcp) {
        tcp = Objects.requireNonNull(newTcp, "newTcp");
    }

    /** {@return the maximum size of the chunks in which bytes on connections are received} */
    int chunkSize() {
        return chunkSize;
    }

    void setChunkSize(int bytes) {
        chunkSize = bytes;
    }

    /** {@return the number of ends of connections whose closing has not been reported yet} */
    int openConnections() {
        return openConnections;
    }

    void countConnections(int more) {
        openConnections += more;
    }
}
