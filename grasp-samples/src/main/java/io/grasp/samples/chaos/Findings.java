package io.grasp.samples.chaos;

import io.grasp.simulation.Simulation;
import io.grasp.simulation.Violation;
import java.util.ArrayList;
import java.util.List;

/** What was seen by those who took part and should not have been. */
final class Findings {
    /** More of the same would tell nothing new. */
    private static final int MOST = 100;

    private final Simulation simulation;
    private final List<Violation> violations = new ArrayList<>();

    Findings(Simulation simulation) {
        this.simulation = simulation;
    }

    void add(String rule, String what) {
        if (violations.size() < MOST) {
            violations.add(new Violation(rule, simulation.now(), what));
        }
    }

    /** {@return all that did not hold: what the simulation has noticed, and these} */
    List<Violation> all() {
        List<Violation> all = new ArrayList<>(simulation.violations());
        all.addAll(violations);
        return all;
    }
}
