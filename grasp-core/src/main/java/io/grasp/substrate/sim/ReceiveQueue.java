package io.grasp.substrate.sim;

import java.util.ArrayDeque;
import java.util.Queue;

/** What has reached one end of a connection: handed on at once, or kept while its owner does not read. */
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
            life.execute(this::handOn); // this may be a call that the listener's owner makes
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
