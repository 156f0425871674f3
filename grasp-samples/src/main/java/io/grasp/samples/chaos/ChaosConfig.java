package io.grasp.samples.chaos;

import io.grasp.model.Objective;
import io.grasp.substrate.sim.Topology;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one run is like. Immutable: each {@code with...} gives a changed copy.
 *
 * @param seed decides everything that is left open
 * @param nodes how many nodes, {@value #LEAST_NODES} to {@value #MOST_NODES}, or 0 to leave it to the seed; of no
 *     account if there is a topology
 * @param topology what {@link Topology#parse} takes, or {@code null} to leave it to the seed
 * @param faults what may go wrong
 * @param duration how long things go wrong, {@link #SHORTEST} to {@link #LONGEST}; the calm after it comes on top
 * @param intensity how many things the ASAs begin in a second, 1 to {@value #MOST_INTENSE}: more would be more than
 *     relays let through
 * @param keptEvents how many of the latest events the trace keeps, at least 1
 */
public record ChaosConfig(
        long seed,
        int nodes,
        @Nullable String topology,
        Set<Fault> faults,
        Duration duration,
        int intensity,
        int keptEvents) {
    /** The fewest nodes. */
    public static final int LEAST_NODES = 2;

    /** The most nodes. */
    public static final int MOST_NODES = 1000;

    /** The shortest {@link #duration()}. */
    public static final Duration SHORTEST = Duration.ofSeconds(1);

    /** The longest {@link #duration()}. */
    public static final Duration LONGEST = Duration.ofDays(1);

    /** The highest {@link #intensity()}. */
    public static final int MOST_INTENSE = 20;

    private static final Duration USUAL_DURATION = Duration.ofSeconds(20);
    private static final int USUAL_INTENSITY = 4;
    private static final int USUALLY_KEPT = 2_000;

    /** @throws IllegalArgumentException if a value is out of its range, or the topology makes no sense */
    public ChaosConfig {
        require(
                nodes == 0 || nodes >= LEAST_NODES && nodes <= MOST_NODES,
                "nodes must be " + LEAST_NODES + " to " + MOST_NODES);
        if (topology != null) {
            Topology parsed = Topology.parse(topology, seed);
            require(parsed.nodes() <= MOST_NODES, "topology '" + topology + "' has more than " + MOST_NODES + " nodes");
            require(parsed.isConnected(), "topology '" + topology + "' is not connected");
            require(
                    parsed.diameter() < Objective.MAX_LOOP_COUNT - 1,
                    "topology '" + topology + "' is too deep for loop counts, which end at "
                            + Objective.MAX_LOOP_COUNT);
        }
        Objects.requireNonNull(duration, "duration");
        require(
                duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0,
                "duration must be " + SHORTEST.toSeconds() + " to " + LONGEST.toSeconds() + " s");
        require(intensity >= 1 && intensity <= MOST_INTENSE, "intensity must be 1 to " + MOST_INTENSE);
        require(keptEvents >= 1, "keptEvents must be above 0");
        faults = Set.copyOf(faults);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * Everything goes wrong for 20 s, in a network of 3 to 16 nodes.
     *
     * @param seed the seed
     * @return the settings
     */
    public static ChaosConfig seeded(long seed) {
        return new ChaosConfig(
                seed, 0, null, EnumSet.allOf(Fault.class), USUAL_DURATION, USUAL_INTENSITY, USUALLY_KEPT);
    }

    /** {@return these settings with another {@linkplain #seed() seed}} */
    public ChaosConfig withSeed(long value) {
        return new ChaosConfig(value, nodes, topology, faults, duration, intensity, keptEvents);
    }

    /** {@return these settings with another {@linkplain #nodes() number of nodes}} */
    public ChaosConfig withNodes(int value) {
        return new ChaosConfig(seed, value, topology, faults, duration, intensity, keptEvents);
    }

    /** {@return these settings with another {@linkplain #topology() topology}} */
    public ChaosConfig withTopology(@Nullable String value) {
        return new ChaosConfig(seed, nodes, value, faults, duration, intensity, keptEvents);
    }

    /** {@return these settings with other {@linkplain #faults() faults}} */
    public ChaosConfig withFaults(Set<Fault> value) {
        return new ChaosConfig(seed, nodes, topology, value, duration, intensity, keptEvents);
    }

    /** {@return these settings with another {@linkplain #duration() duration}} */
    public ChaosConfig withDuration(Duration value) {
        return new ChaosConfig(seed, nodes, topology, faults, value, intensity, keptEvents);
    }

    /** {@return these settings with another {@linkplain #intensity() intensity}} */
    public ChaosConfig withIntensity(int value) {
        return new ChaosConfig(seed, nodes, topology, faults, duration, value, keptEvents);
    }

    /** {@return these settings with another {@linkplain #keptEvents() bound for the trace}} */
    public ChaosConfig withKeptEvents(int value) {
        return new ChaosConfig(seed, nodes, topology, faults, duration, intensity, value);
    }
}
