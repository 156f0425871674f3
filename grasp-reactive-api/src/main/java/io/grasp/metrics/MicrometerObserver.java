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
 * Counts and times the activity of nodes; docs/metrics.md lists the meters. Tags are types, kinds and reasons, never
 * addresses, sessions or names; objectives only if listed.
 *
 * <p>One observer serves any number of nodes, on any loops: set it in the configuration of each, and its meters are
 * sums over the nodes. Measurements on a loop are published to the registry's thread-safe meters, so reading them does
 * not disturb a node. When a node is closed, its share is subtracted from the gauges; no meter refers to a node. Two
 * observers on one registry need different tags.
 */
public final class MicrometerObserver implements GraspObserver, AutoCloseable {
    private final Meters meters;

    /**
     * Creates an observer whose meters have no additional tags.
     *
     * @param registry the registry of the meters
     * @throws IllegalStateException if the registry already has meters of an observer with these tags
     */
    public MicrometerObserver(MeterRegistry registry) {
        this(registry, Tags.empty(), List.of());
    }

    /**
     * Creates an observer whose meters have additional tags, which distinguish its nodes from those of other observers.
     *
     * @param registry the registry of the meters
     * @param tags on every meter
     * @throws IllegalStateException if the registry already has meters of an observer with these tags
     */
    public MicrometerObserver(MeterRegistry registry, Iterable<Tag> tags) {
        this(registry, tags, List.of());
    }

    /**
     * Creates an observer that also tags the timers of sessions by objective. A peer can make up any number of names,
     * so only the listed names become tags; all others are {@code other}.
     *
     * @param registry the registry of the meters
     * @param tags on every meter
     * @param objectives names of objectives, each of which adds a set of timers; if empty there is no such tag
     * @throws IllegalStateException if the registry already has meters of an observer with these tags
     */
    public MicrometerObserver(MeterRegistry registry, Iterable<Tag> tags, Collection<String> objectives) {
        this.meters = new Meters(registry, Tags.of(tags), List.copyOf(objectives));
    }

    @Override
    public GraspObserver ofNode(LongSupplier nanoTime, Executor loop) {
        return new NodeMeters(meters, nanoTime, loop);
    }

    /** Removes the meters from the registry. Call it after the nodes have been closed. */
    @Override
    public void close() {
        meters.remove();
    }
}
