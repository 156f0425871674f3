package io.grasp.metrics;

import io.grasp.observe.GraspObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Counts and times what nodes do; docs/metrics.md lists the meters. Tags are types, kinds and reasons, never addresses,
 * sessions or names; objectives only if listed.
 *
 * <p>One observer serves any number of nodes, on any loops: give it to each one's configuration, and its meters are
 * sums. What is measured on a loop is published to the registry's own thread-safe meters, so that reading them disturbs
 * no node. A node that is closed takes what it added out of the gauges; no meter refers to a node. Two observers on one
 * registry need different tags.
 */
public final class MicrometerObserver implements GraspObserver, AutoCloseable {
    private final Meters meters;

    /**
     * An observer whose meters have no tags of the user's.
     *
     * @param registry where the meters are
     * @throws IllegalStateException if the registry has an observer's meters with these tags
     */
    public MicrometerObserver(MeterRegistry registry) {
        this(registry, Tags.empty(), List.of());
    }

    /**
     * An observer whose meters have tags of the user's: its nodes are told apart from those of other observers.
     *
     * @param registry where the meters are
     * @param tags on every meter
     * @throws IllegalStateException if the registry has an observer's meters with these tags
     */
    public MicrometerObserver(MeterRegistry registry, Iterable<Tag> tags) {
        this(registry, tags, List.of());
    }

    /**
     * An observer that tells objectives apart where it times sessions: a peer can make up any number of names, so only
     * those listed become tags, and all others are {@code other}.
     *
     * @param registry where the meters are
     * @param tags on every meter
     * @param objectives names of objectives, each of which multiplies the timers; if empty there is no such tag
     * @throws IllegalStateException if the registry has an observer's meters with these tags
     */
    public MicrometerObserver(MeterRegistry registry, Iterable<Tag> tags, Collection<String> objectives) {
        this.meters = new Meters(registry, Tags.of(tags), List.copyOf(objectives));
    }

    @Override
    public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return new NodeMeters(meters, nanoTime, loop);
    }

    /** Removes the meters from the registry, for use after the nodes have been closed. */
    @Override
    public void close() {
        meters.remove();
    }
}
