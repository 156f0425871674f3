package io.grasp.simulation.chaos;

import io.grasp.api.GraspConfig;
import io.grasp.config.Timeouts;
import io.grasp.model.Objective;
import io.grasp.simulation.Invariant;
import io.grasp.substrate.sim.topology.Topology;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a run. Immutable: each {@code with...} returns a changed copy.
 *
 * @param seed determines everything that the other settings leave open
 * @param nodes how many nodes, {@value #LEAST_NODES} to {@value #MOST_NODES}, or 0 if the seed determines it; ignored
 *     if there is a topology
 * @param topology what {@link Topology#parse} takes; empty to leave it to the seed
 * @param faults the kinds of faults that may be injected; each run injects some of them
 * @param script the faults to inject instead of random ones; empty to leave them to the seed
 * @param adversaries how many malicious nodes there are besides the nodes of the topology, 0 to
 *     {@value #MOST_ADVERSARIES}, each on a link with one of them or more. They begin at random times, and end when the
 *     faults do
 * @param duration how long faults are injected, {@link #SHORTEST} to {@link #LONGEST}
 * @param calm how long the network recovers after that, before {@link ChaosWorkload#recovered} is called
 * @param node the settings of each node, except its substrate and the source of its Session IDs
 * @param invariants what must hold besides {@link io.grasp.simulation.Invariants}
 * @param keptEvents how many of the latest events the trace keeps, at least 1
 */
public record ChaosConfig(
        long seed,
        int nodes,
        Optional<String> topology,
        Set<Fault> faults,
        Optional<FaultScript> script,
        int adversaries,
        Duration duration,
        Duration calm,
        GraspConfig node,
        List<Invariant> invariants,
        int keptEvents) {
    /** The fewest nodes. */
    public static final int LEAST_NODES = 2;

    /** The most nodes. */
    public static final int MOST_NODES = 1000;

    /** The most {@link #adversaries()}. */
    public static final int MOST_ADVERSARIES = 16;

    /** The shortest {@link #duration()}. */
    public static final Duration SHORTEST = Duration.ofSeconds(1);

    /** The longest {@link #duration()}. */
    public static final Duration LONGEST = Duration.ofDays(1);

    private static final Duration DEFAULT_DURATION = Duration.ofSeconds(20);
    /** Longer than a node remembers anything, and than a stream waits before it retransmits. */
    private static final Duration DEFAULT_CALM = Duration.ofSeconds(200);

    /** Sessions that no peer ends must have ended when the calm is over. */
    private static final Timeouts DEFAULT_TIMEOUTS =
            Timeouts.DEFAULTS.withOwnMove(Duration.ofSeconds(20)).withTotalWait(Duration.ofSeconds(30));

    private static final int DEFAULT_KEPT = 2_000;

    /**
     * Checks and copies the components.
     *
     * @throws IllegalArgumentException if a value is out of its range, or the topology is not valid
     */
    public ChaosConfig {
        require(
                nodes == 0 || nodes >= LEAST_NODES && nodes <= MOST_NODES,
                "nodes must be " + LEAST_NODES + " to " + MOST_NODES);
        if (topology.isPresent()) {
            String text = topology.get();
            Topology parsed = Topology.parse(text, seed);
            require(parsed.nodes() <= MOST_NODES, "topology '" + text + "' has more than " + MOST_NODES + " nodes");
            require(parsed.isConnected(), "topology '" + text + "' is not connected");
            require(
                    parsed.diameter() < Objective.MAX_LOOP_COUNT - 1,
                    "topology '" + text + "' is too deep for loop counts, which end at " + Objective.MAX_LOOP_COUNT);
        }
        require(adversaries >= 0 && adversaries <= MOST_ADVERSARIES, "adversaries must be 0 to " + MOST_ADVERSARIES);
        Objects.requireNonNull(duration, "duration");
        require(
                duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0,
                "duration must be " + SHORTEST.toSeconds() + " to " + LONGEST.toSeconds() + " s");
        require(!calm.isNegative() && calm.compareTo(LONGEST) <= 0, "calm must be 0 to " + LONGEST.toSeconds() + " s");
        Objects.requireNonNull(node, "node");
        require(keptEvents >= 1, "keptEvents must be above 0");
        faults = Set.copyOf(faults);
        invariants = List.copyOf(invariants);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * All kinds of faults for 20 s, then 200 s of calm, in a network of 3 to 16 nodes. The nodes have the default
     * settings, but wait no more than 20 s for a move of their own ASA, and 30 s in all for a peer that sends M_WAIT:
     * so every session is over when the calm is.
     *
     * @param seed the seed
     * @return the settings
     */
    public static ChaosConfig seeded(long seed) {
        return new ChaosConfig(
                seed,
                0,
                Optional.empty(),
                EnumSet.allOf(Fault.class),
                Optional.empty(),
                0,
                DEFAULT_DURATION,
                DEFAULT_CALM,
                GraspConfig.defaults().withTimeouts(DEFAULT_TIMEOUTS),
                List.of(),
                DEFAULT_KEPT);
    }

    /**
     * {@return these settings with another {@linkplain #seed() seed}}
     *
     * @param value the new setting
     */
    public ChaosConfig withSeed(long value) {
        return new ChaosConfig(
                value, nodes, topology, faults, script, adversaries, duration, calm, node, invariants, keptEvents);
    }

    /**
     * {@return these settings with another {@linkplain #nodes() number of nodes}}
     *
     * @param value the new setting
     */
    public ChaosConfig withNodes(int value) {
        return new ChaosConfig(
                seed, value, topology, faults, script, adversaries, duration, calm, node, invariants, keptEvents);
    }

    /**
     * {@return these settings with another {@linkplain #topology() topology}}
     *
     * @param value the new setting
     */
    public ChaosConfig withTopology(String value) {
        return new ChaosConfig(
                seed,
                nodes,
                Optional.of(value),
                faults,
                script,
                adversaries,
                duration,
                calm,
                node,
                invariants,
                keptEvents);
    }

    /**
     * {@return these settings with other {@linkplain #faults() faults}}
     *
     * @param value the new setting
     */
    public ChaosConfig withFaults(Set<Fault> value) {
        return new ChaosConfig(
                seed, nodes, topology, value, script, adversaries, duration, calm, node, invariants, keptEvents);
    }

    /**
     * These settings with faults that are not random. Everything else that the seed decides stays the same: so a run
     * is repeated with the faults that it has {@linkplain ChaosResult#script() recorded}, or with some of them.
     *
     * @param value the faults
     * @return the changed settings
     */
    public ChaosConfig withScript(FaultScript value) {
        return new ChaosConfig(
                seed,
                nodes,
                topology,
                faults,
                Optional.of(value),
                adversaries,
                duration,
                calm,
                node,
                invariants,
                keptEvents);
    }

    /**
     * {@return these settings with another {@linkplain #adversaries() number of adversaries}}
     *
     * @param value the new setting
     */
    public ChaosConfig withAdversaries(int value) {
        return new ChaosConfig(
                seed, nodes, topology, faults, script, value, duration, calm, node, invariants, keptEvents);
    }

    /**
     * {@return these settings with another {@linkplain #duration() duration}}
     *
     * @param value the new setting
     */
    public ChaosConfig withDuration(Duration value) {
        return new ChaosConfig(
                seed, nodes, topology, faults, script, adversaries, value, calm, node, invariants, keptEvents);
    }

    /**
     * {@return these settings with another {@linkplain #calm() calm}}
     *
     * @param value the new setting
     */
    public ChaosConfig withCalm(Duration value) {
        return new ChaosConfig(
                seed, nodes, topology, faults, script, adversaries, duration, value, node, invariants, keptEvents);
    }

    /**
     * {@return these settings with other {@linkplain #node() settings of each node}}
     *
     * @param value the new setting
     */
    public ChaosConfig withNode(GraspConfig value) {
        return new ChaosConfig(
                seed, nodes, topology, faults, script, adversaries, duration, calm, value, invariants, keptEvents);
    }

    /**
     * {@return these settings with other {@linkplain #invariants() invariants}}
     *
     * @param value the new setting
     */
    public ChaosConfig withInvariants(List<Invariant> value) {
        return new ChaosConfig(
                seed, nodes, topology, faults, script, adversaries, duration, calm, node, value, keptEvents);
    }

    /**
     * {@return these settings with another {@linkplain #keptEvents() bound for the trace}}
     *
     * @param value the new setting
     */
    public ChaosConfig withKeptEvents(int value) {
        return new ChaosConfig(
                seed, nodes, topology, faults, script, adversaries, duration, calm, node, invariants, value);
    }
}
