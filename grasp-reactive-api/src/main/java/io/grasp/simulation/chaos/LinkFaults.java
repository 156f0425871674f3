package io.grasp.simulation.chaos;

import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimLink;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Chooses the conditions of links at random. */
final class LinkFaults {
    private static final double MOST_LOSS = 0.4;
    private static final double MOST_DUPLICATION = 0.5;
    private static final double MOST_REORDERING = 0.5;
    private static final double MOST_CORRUPTION = 0.2;
    /** So many changed copies of each message at the most: a flood that is changed is a new flood to every relay. */
    private static final double COPIES_CHANGED = 2;

    private static final double BAD = 0.6;
    private static final double FAR = 0.1;

    private final Set<Fault> faults;
    private final ChaosRandom draw;
    /** Of all links, so that the way with the fewest hops is also the fastest one. */
    private final Duration even;

    private final double mostCorruption;

    LinkFaults(Set<Fault> faults, int links, ChaosRandom draw) {
        this.mostCorruption = Math.min(MOST_CORRUPTION, COPIES_CHANGED / links);
        this.faults = faults;
        this.draw = draw;
        this.even = draw.millis(0, 5);
    }

    /** {@return what links are like when nothing goes wrong} */
    LinkConditions calm() {
        return LinkConditions.PERFECT.withDelay(even);
    }

    void change(List<SimLink> links, boolean exact) {
        for (SimLink link : links) {
            LinkConditions conditions = exact ? calm() : LinkConditions.PERFECT.withDelay(delay());
            link.setConditions(with(conditions));
        }
    }

    private Duration delay() {
        return draw.chance(FAR) ? draw.millis(30, 300) : draw.millis(0, 20);
    }

    private LinkConditions with(LinkConditions calm) {
        LinkConditions conditions = calm;
        if (hits(Fault.LOSS)) {
            conditions = conditions.withLoss(draw.upTo(MOST_LOSS));
        }
        if (hits(Fault.DUPLICATION)) {
            conditions = conditions.withDuplication(draw.upTo(MOST_DUPLICATION));
        }
        if (hits(Fault.REORDERING)) {
            conditions = conditions.withReordering(draw.upTo(MOST_REORDERING));
        }
        if (hits(Fault.JITTER)) {
            conditions = conditions.withJitter(draw.chance(FAR) ? draw.millis(200, 2000) : draw.millis(1, 100));
        }
        if (hits(Fault.BANDWIDTH)) {
            conditions = conditions
                    .withBandwidth(draw.between(10_000, 1_000_000))
                    .withQueueBytes(draw.between(1500, 65_536));
        }
        if (hits(Fault.CORRUPTION)) {
            conditions = conditions.withCorruption(draw.upTo(mostCorruption));
        }
        return conditions;
    }

    private boolean hits(Fault fault) {
        return faults.contains(fault) && draw.chance(BAD);
    }
}
