package io.grasp.simulation.chaos;

import java.util.function.Supplier;

/**
 * Plays ASAs on random networks with random faults. A run has four parts: the nodes start, and each its ASAs; links
 * lose, delay and change messages, nodes crash and sleep, the network is partitioned; all of this ends, and what is
 * under way comes to its end; then everything must work again. GRASP's own {@link io.grasp.simulation.Invariants} are
 * checked all along. Time is virtual: a run of minutes takes a fraction of a second.
 *
 * <p>Runs share nothing and may be played by several threads at once.
 */
public final class Chaos {
    private Chaos() {}

    /**
     * Plays a run that must pass.
     *
     * @param config its settings
     * @param workload makes what runs on the nodes, anew for each run
     * @return the result
     * @throws ChaosFailure if it does not pass
     */
    public static ChaosResult verify(ChaosConfig config, Supplier<? extends ChaosWorkload> workload) {
        ChaosResult result = run(config, workload);
        if (!result.passed()) {
            throw new ChaosFailure(result);
        }
        return result;
    }

    /**
     * Plays a run.
     *
     * @param config its settings
     * @param workload makes what runs on the nodes, anew for each run
     * @return the result, whether it passed or not
     */
    public static ChaosResult run(ChaosConfig config, Supplier<? extends ChaosWorkload> workload) {
        return ChaosRun.play(config, workload.get());
    }
}
