package io.grasp.samples.chaos;

import io.grasp.api.Grasp;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.simulation.Invariant;
import io.grasp.simulation.Invariants;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.chaos.Chaos;
import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosNode;
import io.grasp.simulation.chaos.ChaosRandom;
import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.ChaosRun;
import io.grasp.simulation.chaos.ChaosWorkload;
import io.grasp.simulation.chaos.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * ASAs that flood, discover, negotiate and synchronize at random: a workload that tests the engine itself. After the
 * calm it checks that a flood, discoveries and negotiations succeed as if there had been no faults.
 */
public final class RandomAsas implements ChaosWorkload {
    /** The default number of operations that the ASAs begin per second. */
    public static final int USUAL_INTENSITY = 4;

    /** The largest number: more would exceed the relay rate. */
    public static final int MOST_INTENSE = 20;

    private static final double FORGETFUL = 0.4;
    /** Few enough that nodes forget floods while copies are still in transit, which relays must not. */
    private static final int FEW = 4;

    private static final Limits FORGETFUL_LIMITS =
            Limits.DEFAULTS.withRememberedSessions(FEW).withRememberedBytes(FEW << 10);
    private static final double STINGY = 0.25;
    /** Low enough that much is refused: every counter must be decremented again, or nothing works afterwards. */
    private static final Limits STINGY_LIMITS = Limits.DEFAULTS
            .withSessions(FEW)
            .withConnections(FEW)
            .withQueuedNegotiations(1)
            .withPendingReplies(2)
            .withFloodBytes(Limits.LEAST_BYTES)
            .withOwnFloodBytes(Limits.LEAST_BYTES)
            .withDiscoveryBytes(Limits.LEAST_BYTES)
            .withRelayedLocatorBytes(Limits.LEAST_BYTES)
            .withLocators(2);

    private static final double TIGHT = 0.7;
    /** Few enough for adversaries to use up, and enough for the ASAs, if they are shared fairly. */
    private static final int SOME = 32;
    /** Only next to adversaries. */
    private static final Limits TIGHT_LIMITS = Limits.DEFAULTS
            .withSessions(2 * SOME)
            .withConnections(SOME)
            .withConnectionsPerPeer(SOME / 2)
            .withPendingReplies(SOME / 2)
            .withFloodBytes(2 * SOME << 10)
            .withOwnFloodBytes(2 * SOME << 10)
            .withDiscoveryBytes(2 * SOME << 10)
            .withRelayedLocatorBytes(2 * SOME << 10);

    private final int intensity;
    private final boolean adversaries;
    private final ActivityCounter activity = new ActivityCounter();
    private boolean forgetful;
    private final List<NodeAsas> hosts = new ArrayList<>();
    private @Nullable RunState world;
    private @Nullable RecoveryCheck liveness;

    private RandomAsas(int intensity, boolean adversaries) {
        if (intensity < 1 || intensity > MOST_INTENSE) {
            throw new IllegalArgumentException("intensity must be 1 to " + MOST_INTENSE);
        }
        this.intensity = intensity;
        this.adversaries = adversaries;
    }

    /**
     * Plays a run with the default intensity. Runs in several threads do not affect each other.
     *
     * @param config its settings
     * @return its result
     */
    public static RandomAsasResult run(ChaosConfig config) {
        return run(config, USUAL_INTENSITY);
    }

    /**
     * Plays a run.
     *
     * @param config its settings
     * @param intensity the number of operations that the ASAs begin per second, 1 to {@value #MOST_INTENSE}
     * @return its result
     */
    public static RandomAsasResult run(ChaosConfig config, int intensity) {
        return run(config, intensity, UnaryOperator.identity());
    }

    /**
     * Plays a run that is observed.
     *
     * @param config its settings
     * @param intensity as in {@link #run(ChaosConfig, int)}
     * @param observed makes a workload that does what the given one does
     * @return its result
     */
    public static RandomAsasResult run(ChaosConfig config, int intensity, UnaryOperator<ChaosWorkload> observed) {
        RandomAsas asas = new RandomAsas(intensity, config.adversaries() > 0);
        ChaosResult result = Chaos.run(config, () -> observed.apply(asas));
        return new RandomAsasResult(result, asas.activity.counts(result));
    }

    @Override
    public SimulationConfig configure(SimulationConfig settings, Set<Fault> faults, ChaosRandom random) {
        boolean lossless = Fault.areLossless(faults) && !adversaries;
        forgetful = lossless && random.chance(FORGETFUL);
        boolean stingy = !lossless && random.chance(STINGY);
        List<Invariant> invariants = settings.invariants();
        if (forgetful) {
            invariants = invariants.stream()
                    .filter(each -> !each.equals(Invariants.noDuplicateFloods()))
                    .toList();
        }
        boolean tight = adversaries && !stingy && random.chance(TIGHT);
        Limits limits = forgetful ? FORGETFUL_LIMITS : stingy ? STINGY_LIMITS : tight ? TIGHT_LIMITS : Limits.DEFAULTS;
        RelayLimits relay =
                stingy || tight ? RelayLimits.DEFAULTS.withSessions(stingy ? FEW : SOME) : RelayLimits.DEFAULTS;
        if (adversaries) {
            List<Invariant> more = new ArrayList<>(invariants);
            more.add(Invariants.negotiationLoopCountsDecrease());
            more.add(Invariants.loadKeepsToItsLimits(limits, relay));
            if (!stingy) { // the ASAs alone use up the others
                more.add(Invariants.otherLinksKeepTheirTraffic());
            }
            invariants = more;
        }
        return settings.withInvariants(invariants)
                .withNode(settings.node()
                        .withLimits(limits)
                        .withRelayLimits(relay)
                        .withObserver(activity));
    }

    @Override
    public void plan(ChaosRun run) {
        RunState made = new RunState(run, forgetful, activity);
        world = made;
        run.nodes().forEach(node -> hosts.add(new NodeAsas(made, node)));
        RandomOperations workload =
                new RandomOperations(made, hosts, intensity, run.random().split());
        liveness = new RecoveryCheck(made, hosts, run.random().split());
        workload.plan();
    }

    @Override
    public Publisher<?> started(ChaosNode node, Grasp grasp) {
        hosts.get(node.number()).started(grasp);
        return Mono.empty();
    }

    @Override
    public void recovered(ChaosRun run) {
        RecoveryCheck checks = Objects.requireNonNull(liveness, "not planned");
        checks.checkIdle();
        world().floods.finish();
        run.endOperations();
        checks.check();
    }

    private RunState world() {
        return Objects.requireNonNull(world, "not planned");
    }
}
