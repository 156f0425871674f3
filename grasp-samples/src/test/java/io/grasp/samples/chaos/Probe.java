package io.grasp.samples.chaos;

import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Plays a seed in a separate class loader: parameters and results have only types of the JDK. */
public final class Probe implements Function<List<String>, List<String>> {
    /**
     * Plays a seed.
     *
     * @param what the seed, the faults, the number of seconds and the number of adversaries
     * @return the violated rules, and the exception that stopped the run
     */
    @Override
    public List<String> apply(List<String> what) {
        ChaosResult result = RandomAsas.run(ChaosConfig.seeded(Long.parseLong(what.get(0)))
                        .withFaults(Fault.parse(what.get(1)))
                        .withDuration(Duration.ofSeconds(Long.parseLong(what.get(2))))
                        .withAdversaries(Integer.parseInt(what.get(3))))
                .run();
        List<String> broken = new ArrayList<>();
        result.violations().forEach(violation -> broken.add(violation.invariant()));
        result.failure().ifPresent(failure -> broken.add(failure.toString()));
        return broken;
    }
}
