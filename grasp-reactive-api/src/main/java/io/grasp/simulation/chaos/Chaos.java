package io.grasp.simulation.chaos;

import java.util.function.Supplier;

/**
 * Runs ASAs on random networks with random faults. A run has four parts: the nodes and their ASAs start; links lose,
 * delay and change messages, nodes crash and sleep, the network is partitioned; all faults end, and pending activities
 * end; then everything must work again. GRASP's own {@link io.grasp.simulation.Invariants} are checked throughout. Time
 * is virtual: a run of minutes takes a fraction of a second.
 *
 * <p>Runs share no state, so several threads may run them at once.
 */
public final class Chaos {
    private static final int MOST_SHRINKING_RUNS = 200;

    private Chaos() {}

    /**
     * Runs a test that must pass. If it fails, up to {@value #MOST_SHRINKING_RUNS} more runs look for a few of its
     * faults that cause the same failure, and the exception reports these.
     *
     * @param config its settings
     * @param workload creates a new workload for each run
     * @return the result
     * @throws ChaosFailure if it does not pass
     * @throws IllegalArgumentException if the settings have a {@linkplain ChaosConfig#script() script} with nodes,
     *     links or times that this run does not have
     */
    public static ChaosResult verify(ChaosConfig config, Supplier<? extends ChaosWorkload> workload) {
        ChaosResult result = run(config, workload);
        if (!result.passed()) {
            throw new ChaosFailure(shrink(result, workload, MOST_SHRINKING_RUNS));
        }
        return result;
    }

    /**
     * Plays a run.
     *
     * @param config its settings
     * @param workload creates a new workload for each run
     * @return the result, whether it passed or not
     * @throws IllegalArgumentException as {@link #verify} does
     */
    public static ChaosResult run(ChaosConfig config, Supplier<? extends ChaosWorkload> workload) {
        return ChaosRun.play(config, workload.get());
    }

    /**
     * Looks for a few of the faults of a run that make it fail in the same way: a rule that does not hold in both, or
     * an exception of the same type that stops both.
     *
     * @param failed the result of a run that did not pass
     * @param workload creates a new workload for each run
     * @param mostRuns how many runs this may take, not negative
     * @return the result of the run with the fewest faults; its {@linkplain ChaosResult#config() settings} have them as
     *     {@linkplain ChaosConfig#script() script}
     * @throws IllegalArgumentException if the run passed, or the number is negative
     */
    public static ChaosResult shrink(ChaosResult failed, Supplier<? extends ChaosWorkload> workload, int mostRuns) {
        if (failed.passed() || mostRuns < 0) {
            throw new IllegalArgumentException(
                    mostRuns < 0
                            ? "the number of runs is negative: " + mostRuns
                            : "the run passed: there is nothing to shrink");
        }
        return Shrinker.shrink(failed, workload, mostRuns);
    }
}
