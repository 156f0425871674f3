package io.grasp.metrics;

import io.grasp.observe.DropReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what was dropped by reason and link. Those of a link appear with the first drop; those without a known link
 * exist from the start.
 */
final class DropCounters {
    /** Of what came on no known link. */
    private static final String UNKNOWN = "unknown";

    /** Interfaces may come and go under ever new names, for example those of containers. */
    private static final int MAX_LINKS = 64;

    private final Meters meters;
    private final Each<DropReason, Counter> unknown;
    private final Map<String, Map<DropReason, Counter>> byLink = new ConcurrentHashMap<>();

    DropCounters(Meters meters) {
        this.meters = meters;
        this.unknown = new Each<>(DropReason.class, reason -> counter(reason, UNKNOWN));
    }

    /** @param link the link's name, empty if it is not known */
    void count(DropReason reason, String link) {
        if (link.isEmpty()) {
            unknown.get(reason).increment();
            return;
        }
        String tag = byLink.containsKey(link) || byLink.size() < MAX_LINKS ? link : Meters.OTHER;
        byLink.computeIfAbsent(tag, name -> new ConcurrentHashMap<>())
                .computeIfAbsent(reason, each -> counter(each, tag))
                .increment();
    }

    private Counter counter(DropReason reason, String link) {
        return meters.counter(
                "grasp.drops", "Messages that were not processed", Tags.of("reason", Meters.tag(reason), "link", link));
    }
}
