package io.grasp.simulation.chaos;

import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.Set;

/** Chooses the conditions of links at random. */
final class LinkFaults {
    private static final double MOST_LOSS = 0.4;
    private static final double MOST_DUPLICATION = 0.5;
    private static final double MOST_REORDERING = 0.5;
    private static final double MOST_CORRUPTION = 0.2;
    /** The maximum number of changed copies of each message: a changed flood is a new flood to every relay. */
    private static final double COPIES_CHANGED = 2;

    private static final double BAD = 0.6;
    private static final double FAR = 0.1;

    private final Set<Fault> faults;
    private final ChaosRandom random;
    /** The delay of all links, so that the path with the fewest hops is also the fastest. */
    private final Duration even;

    private final double mostCorruption;

    LinkFaults(Set<Fault> faults, int links, ChaosRandom random) {
        this.mostCorruption = Math.min(MOST_CORRUPTION, COPIES_CHANGED / links);
        this.faults = faults;
        this.random = random;
        this.even = random.millis(0, 5);
    }

    /** {@return the conditions of links without faults} */
    LinkConditions calm() {
        return LinkConditions.PERFECT.withDelay(even);
    }

    /**
     * {@return the conditions of one link}
     *
     * @param uniform whether it has the delay of all others
     */
    LinkConditions draw(boolean uniform) {
        return with(uniform ? calm() : LinkConditions.PERFECT.withDelay(delay()));
    }

    private Duration delay() {
        return random.chance(FAR) ? random.millis(30, 300) : random.millis(0, 20);
    }

    private LinkConditions with(LinkConditions calm) {
        LinkConditions conditions = calm;
        if (hits(Fault.LOSS)) {
            conditions = conditions.withLoss(random.upTo(MOST_LOSS));
        }
        if (hits(Fault.DUPLICATION)) {
            conditions = conditions.withDuplication(random.upTo(MOST_DUPLICATION));
        }
        if (hits(Fault.REORDERING)) {
            conditions = conditions.withReordering(random.upTo(MOST_REORDERING));
        }
        if (hits(Fault.JITTER)) {
            conditions = conditions.withJitter(random.chance(FAR) ? random.millis(200, 2000) : random.millis(1, 100));
        }
        if (hits(Fault.BANDWIDTH)) {
            conditions = conditions
                    .withBandwidth(random.between(10_000, 1_000_000))
                    .withQueueBytes(random.between(1500, 65_536));
        }
        if (hits(Fault.CORRUPTION)) {
            conditions = conditions.withCorruption(random.upTo(mostCorruption));
        }
        return conditions;
    }

    private boolean hits(Fault fault) {
        return faults.contains(fault) && random.chance(BAD);
    }
}
