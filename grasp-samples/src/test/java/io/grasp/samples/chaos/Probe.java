package io.grasp.samples.chaos;

import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Plays a seed in a class loader of its own: only types of the JDK go in and come out. */
public final class Probe implements Function<List<String>, List<String>> {
    /**
     * Plays a seed.
     *
     * @param what the seed, the faults and for how many seconds
     * @return the rules that did not hold, and what stopped the run
     */
    @Override
    public List<String> apply(List<String> what) {
        ChaosResult result = RandomAsas.run(ChaosConfig.seeded(Long.parseLong(what.get(0)))
                        .withFaults(Fault.parse(what.get(1)))
                        .withDuration(Duration.ofSeconds(Long.parseLong(what.get(2)))))
                .run();
        List<String> broken = new ArrayList<>();
        result.violations().forEach(violation -> broken.add(violation.invariant()));
        result.failure().ifPresent(failure -> broken.add(failure.toString()));
        return broken;
    }
}
