package io.grasp.samples.chaos;

import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.Topology;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A network with its hosts, and what all who take part share. */
final class World {
    final ChaosConfig config;
    final Set<Fault> faults;
    final boolean forgetful;
    final SimulationRunner runner;
    final Agenda agenda;
    final Findings findings;
    final Tally tally;
    final Topology topology;
    final List<SimLink> links;
    final List<Host> hosts = new ArrayList<>();
    final Operations operations;
    final FloodLedger floods;
    private int lastValue;

    World(
            ChaosConfig config,
            Set<Fault> faults,
            boolean forgetful,
            SimulationRunner runner,
            Tally tally,
            Topology topology,
            List<SimLink> links) {
        this.config = config;
        this.faults = faults;
        this.forgetful = forgetful;
        this.runner = runner;
        this.tally = tally;
        this.topology = topology;
        this.links = links;
        this.agenda = new Agenda(runner);
        this.findings = new Findings(runner.simulation());
        this.operations = new Operations(this);
        this.floods = new FloodLedger(this);
    }

    /** {@return whether what arrives is what was sent} */
    boolean isTrue() {
        return !faults.contains(Fault.CORRUPTION);
    }

    /** {@return whether every flood comes through, on the way with the fewest hops first} */
    boolean areFloodsExact() {
        return areFloodsExact(faults);
    }

    static boolean areFloodsExact(Set<Fault> faults) {
        return EnumSet.of(Fault.DUPLICATION, Fault.SKEW).containsAll(faults);
    }

    /**
     * {@return whether the same holds for discoveries: a clock that jumps ends the time in which relays pass answers
     * on}
     */
    boolean areDiscoveriesExact() {
        return Set.of(Fault.DUPLICATION).containsAll(faults);
    }

    /** {@return a number that nobody has used} */
    int newValue() {
        return ++lastValue;
    }
}
