package io.grasp.substrate.sim;

import io.grasp.substrate.sim.time.NodeLoop;
import java.util.ArrayDeque;
import java.util.Queue;

/** The bytes that have reached one end of a connection: passed on at once, or kept while the owner does not read. */
final class ReceiveQueue {
    private final NodeLoop life;
    private final Queue<Runnable> kept = new ArrayDeque<>(0);
    private boolean reading = true;

    ReceiveQueue(NodeLoop life) {
        this.life = life;
    }

    void take(Runnable delivery) {
        if (reading && kept.isEmpty()) {
            delivery.run();
        } else {
            kept.add(delivery);
        }
    }

    void reading(boolean on) {
        reading = on;
        if (on && !kept.isEmpty()) {
            life.execute(this::handOn); // the listener's owner may be the caller
        }
    }

    private void handOn() {
        while (reading && !kept.isEmpty()) {
            kept.remove().run();
        }
    }

    void clear() {
        kept.clear();
    }
}
