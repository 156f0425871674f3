package io.grasp.metrics;

import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** When the certificates of the nodes expire. */
final class CertificateExpiry {
    private final Clock clock;
    /** The number of nodes whose certificate expires then. */
    private final ConcurrentMap<Instant, Integer> nodes = new ConcurrentHashMap<>();

    CertificateExpiry(Clock clock) {
        this.clock = clock;
    }

    void add(Instant notAfter) {
        nodes.merge(notAfter, 1, Integer::sum);
    }

    void remove(Instant notAfter) {
        nodes.computeIfPresent(notAfter, (expiry, count) -> count == 1 ? null : count - 1);
    }

    /** {@return the seconds until the first certificate expires, negative if it has; NaN if there is none} */
    double seconds() {
        Instant now = Instant.ofEpochMilli(clock.wallTime());
        return nodes.keySet().stream()
                .min(Instant::compareTo)
                .map(first -> Duration.between(now, first).toMillis() / 1000.0)
                .orElse(Double.NaN);
    }
}
