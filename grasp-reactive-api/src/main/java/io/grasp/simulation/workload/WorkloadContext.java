package io.grasp.simulation.workload;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** What a {@link Workload} knows on one node, and the receiver of its results. */
public interface WorkloadContext {
    /** {@return the name of the entry in the scenario file, which is unique there} */
    String name();

    /** {@return the name of the node in the network} */
    String node();

    /** {@return the position of the node among those of the entry, from 0, in an order that the seed determines} */
    int index();

    /** {@return the number of nodes of the entry} */
    int nodes();

    /** {@return the time since the network was created, which is the same on all nodes, also if their clocks differ} */
    Duration now();

    /** {@return the source of random decisions, which the seed, the entry and the node determine} */
    RandomGenerator random();

    /**
     * The settings of the entry.
     *
     * @param type a record, whose components have the names of the settings. Durations are written as in {@code "5ms"}
     * @param <T> the type
     * @return the settings; components without a value in the file are {@code null} or 0
     * @throws RuntimeException if the file has other settings, or a value does not fit. It describes the place in the
     *     file, and the workload should not catch it
     */
    <T> T settings(Class<T> type);

    /**
     * Adds to a number in the results: the column {@code <entry>.<what>}. The numbers of all nodes are added.
     *
     * @param what what is counted, for example {@code sent}
     * @param number the number to add
     */
    void count(String what, long number);

    /**
     * Adds a value to a distribution in the results: the columns {@code <entry>.<what>.mean}, {@code .median},
     * {@code .p95} and {@code .max}. The values of all nodes are one distribution.
     *
     * @param what what is measured, with its unit, for example {@code delayMillis}
     * @param value a value
     */
    void measure(String what, double value);
}
