package io.grasp.simulation.adversary;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an adversary has done so far.
 *
 * @param sent the messages sent and the connections begun, for each attack; an attack that it does not make is missing
 * @param bytes the length of all messages sent
 * @param forged the messages sent from forged sources
 * @param opened the connections that its targets accepted
 * @param taken the connections that others opened to it, because they believed it
 * @param failed the messages that could not be sent, and the connections that could not be opened
 */
public record AttackCounts(Map<Attack, Long> sent, long bytes, long forged, long opened, long taken, long failed) {
    /** Copies the components. */
    public AttackCounts {
        Map<Attack, Long> copy = new EnumMap<>(Attack.class);
        copy.putAll(sent);
        sent = Collections.unmodifiableMap(copy);
    }

    /**
     * {@return the messages sent and the connections begun by one attack}
     *
     * @param attack the attack
     */
    public long of(Attack attack) {
        return sent.getOrDefault(attack, 0L);
    }

    /** {@return the messages sent and the connections begun by all attacks} */
    public long total() {
        return sent.values().stream().mapToLong(Long::longValue).sum();
    }
}
