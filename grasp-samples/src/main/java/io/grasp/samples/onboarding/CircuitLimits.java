package io.grasp.samples.onboarding;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of a join proxy, which any node on its link can use. Immutable; start from {@link #DEFAULTS}.
 *
 * @param circuits the maximum number of connections of pledges at one time; further ones are reset
 * @param circuitsPerPledge the maximum number of them from one address
 * @param connect the maximum time to connect to a registrar
 * @param idle the maximum time for which a circuit may carry no data
 * @param longest the maximum time for which a circuit may exist
 * @param maxBytes the maximum number of bytes of a circuit, both directions together
 */
public record CircuitLimits(
        int circuits, int circuitsPerPledge, Duration connect, Duration idle, Duration longest, long maxBytes) {
    /** 64 circuits, 4 for each pledge, 5 s, 1 minute, 10 minutes, 16 MiB. */
    public static final CircuitLimits DEFAULTS =
            new CircuitLimits(64, 4, Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(10), 16L << 20);

    /** Checks the components. */
    public CircuitLimits {
        Objects.requireNonNull(connect, "connect");
        Objects.requireNonNull(idle, "idle");
        Objects.requireNonNull(longest, "longest");
        if (circuits < 1 || circuitsPerPledge < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("a number of circuits or bytes is below 1");
        }
        for (Duration each : new Duration[] {connect, idle, longest}) {
            if (each.isNegative() || each.isZero()) {
                throw new IllegalArgumentException("a time is not above zero: " + each);
            }
        }
    }

    /** {@return these limits with another number of circuits} */
    public CircuitLimits withCircuits(int value) {
        return new CircuitLimits(value, circuitsPerPledge, connect, idle, longest, maxBytes);
    }

    /** {@return these limits with another {@link #circuitsPerPledge}} */
    public CircuitLimits withCircuitsPerPledge(int value) {
        return new CircuitLimits(circuits, value, connect, idle, longest, maxBytes);
    }

    /** {@return these limits with another {@link #connect}} */
    public CircuitLimits withConnect(Duration value) {
        return new CircuitLimits(circuits, circuitsPerPledge, value, idle, longest, maxBytes);
    }

    /** {@return these limits with another {@link #idle}} */
    public CircuitLimits withIdle(Duration value) {
        return new CircuitLimits(circuits, circuitsPerPledge, connect, value, longest, maxBytes);
    }

    /** {@return these limits with another {@link #longest}} */
    public CircuitLimits withLongest(Duration value) {
        return new CircuitLimits(circuits, circuitsPerPledge, connect, idle, value, maxBytes);
    }

    /** {@return these limits with another {@link #maxBytes}} */
    public CircuitLimits withMaxBytes(long value) {
        return new CircuitLimits(circuits, circuitsPerPledge, connect, idle, longest, value);
    }
}
