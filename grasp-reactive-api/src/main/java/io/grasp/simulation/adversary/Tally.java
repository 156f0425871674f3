package io.grasp.simulation.adversary;

import java.util.EnumMap;
import java.util.Map;

/** Counts what an adversary does. */
final class Tally {
    private final Map<Attack, Long> sent = new EnumMap<>(Attack.class);
    private long bytes;
    private long forged;
    private long opened;
    private long taken;
    private long failed;

    void message(Attack attack, int length) {
        sent.merge(attack, 1L, Long::sum);
        bytes += length;
    }

    void connection(Attack attack) {
        sent.merge(attack, 1L, Long::sum);
    }

    void forged() {
        forged++;
    }

    void opened() {
        opened++;
    }

    void taken() {
        taken++;
    }

    void failed() {
        failed++;
    }

    AttackCounts counts() {
        return new AttackCounts(sent, bytes, forged, opened, taken, failed);
    }
}
