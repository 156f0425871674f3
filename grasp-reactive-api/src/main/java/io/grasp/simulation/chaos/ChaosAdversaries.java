package io.grasp.simulation.chaos;

import io.grasp.simulation.adversary.Adversary;
import io.grasp.simulation.adversary.AttackCounts;
import io.grasp.simulation.adversary.AttackRun;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The adversaries of a run. Their random decisions are their own: with the same seed, everything else is as without
 * them.
 */
final class ChaosAdversaries {
    private static final double ON_A_LINK_OF_ITS_OWN = 0.5;
    private static final double ON_STREAMS = 0.2;
    private static final long PURPOSE = 0x5DEECE66DL;

    private final ChaosRun run;
    private final ChaosRandom random;
    private final List<String> names = new ArrayList<>();
    private final List<AttackRun> attacks = new ArrayList<>();

    ChaosAdversaries(ChaosRun run) {
        this.run = run;
        this.random = new ChaosRandom(run.config().seed() ^ PURPOSE);
    }

    /** Connects them, each to an existing link or by a link of its own to one of the nodes. */
    void connect(List<SimLink> links) {
        SimNetwork network = run.network();
        List<SimLink> existing = List.copyOf(links);
        for (int i = 0; i < run.config().adversaries(); i++) {
            SimNode node = network.node("m" + i);
            names.add(node.name());
            if (existing.isEmpty() || random.chance(ON_A_LINK_OF_ITS_OWN)) {
                SimNode victim = random.any(run.nodes()).node();
                LinkKind kind = random.chance(ON_STREAMS) ? LinkKind.STREAM : LinkKind.DATAGRAM;
                links.add(network.link(node + "-" + victim, kind, LinkConditions.PERFECT, node, victim));
            } else {
                network.connect(node, random.any(existing));
            }
        }
    }

    /** Plans their attacks: each begins in the first half of the time of faults. */
    void plan() {
        for (String name : names) {
            Adversary adversary = Adversary.random(random.seed());
            run.at(
                    random.before(run.config().duration().dividedBy(2)),
                    () -> attacks.add(run.simulation().attack(name, adversary)));
        }
    }

    void end() {
        attacks.forEach(AttackRun::stop);
    }

    List<AttackCounts> counts() {
        return attacks.stream().map(AttackRun::counts).toList();
    }
}
