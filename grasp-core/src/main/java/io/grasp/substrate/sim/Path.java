package io.grasp.substrate.sim;

import io.grasp.substrate.sim.time.SeededRandom;
import java.util.List;

/** The way from one node to another over links, as packets and streams see it. They know neither nodes nor links. */
interface Path {
    /** One link of the path, in the direction of the path. */
    interface Hop {
        LinkConditions conditions();

        /** {@return the link's own random decisions} */
        SeededRandom random();

        /**
         * Queues bytes for sending on the link.
         *
         * @return the nanoseconds until all bytes are on the link, or -1 if the queue has no room for them
         */
        long transmit(int bytes);
    }

    List<? extends Hop> hops();

    /** {@return whether a packet can take it now; the node at its end may still not be listening} */
    boolean isUsable();

    /** {@return how many times its links have gone down; if the number changes, packets in transit are lost} */
    long flaps();

    /** {@return the maximum one-way delay without queueing} */
    long delayNanos();

    /** {@return whether the node at the end receives packets} */
    boolean isEndAwake();

    /** Runs a task of the node at the start, but not while that node sleeps. */
    void whenStartIsAwake(Runnable task);

    /** {@return the name of the node where it begins} */
    String start();

    /** {@return the name of the node where it ends} */
    String end();

    /** {@return the name of its only link, or an empty string} */
    String linkName();
}
