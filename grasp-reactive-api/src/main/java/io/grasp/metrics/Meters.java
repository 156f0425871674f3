package io.grasp.metrics;

import io.grasp.model.LinkWarning;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.MessageType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one observer, shared by all its nodes. Meters without tags from outside are registered from the start.
 */
final class Meters {
    static final String OTHER = "other";
    private static final String ACTIVE = "grasp.sessions.active";

    final MessageCounters sent;
    final MessageCounters received;
    final DropCounters drops;
    final Each<CacheKind, Counter> hits;
    final Each<CacheKind, Counter> misses;
    final Each<CacheKind, LongAdder> cached;
    final Each<CacheKind, LongAdder> cachedBytes;
    final Counter contestedFloods;
    final RelayCounters discoveries;
    final RelayCounters floods;
    final LongAdder nodes;
    final LongAdder links;
    final Counter linkFailures;
    final Counter acceptFailures;
    final Counter handlerFailures;
    final Each<PeerRefusal, Counter> peersRefused;
    final LongAdder goodIdentities;
    final CertificateExpiry certificates;
    final Each<LinkWarning, Counter> linkWarnings;
    final Timer loopDelay;
    final List<String> objectives;
    private final MeterRegistry registry;
    private final Tags common;
    private final Each<SessionInfo.Role, Each<SessionInfo.Kind, LongAdder>> active;
    private final Set<Meter> registered = ConcurrentHashMap.newKeySet();

    Meters(MeterRegistry registry, Tags common, List<String> objectives) {
        if (registry.find(ACTIVE).tags(common).gauge() != null) {
            throw new IllegalStateException("the registry already has GRASP meters with these tags:"
                    + " share one observer among the nodes, or give each observer a tag of its own");
        }
        this.registry = registry;
        this.common = common;
        this.objectives = objectives;
        this.sent = new MessageCounters(this, "out");
        this.received = new MessageCounters(this, "in");
        this.drops = new DropCounters(this);
        this.hits = new Each<>(CacheKind.class, cache -> cacheReads(cache, "hit"));
        this.misses = new Each<>(CacheKind.class, cache -> cacheReads(cache, "miss"));
        this.cached = new Each<>(
                CacheKind.class,
                cache -> gauge("grasp.cache.size", "Entries in the cache", Tags.of("cache", tag(cache))));
        this.cachedBytes = new Each<>(
                CacheKind.class,
                cache -> gauge("grasp.cache.bytes", "Memory that the entries take", Tags.of("cache", tag(cache))));
        this.contestedFloods =
                counter("grasp.floods.contested", "Floods that replaced a valid one of another origin", Tags.empty());
        this.discoveries = new RelayCounters(MessageType.M_DISCOVERY, DropReason.RELAY_RATE);
        this.floods = new RelayCounters(MessageType.M_FLOOD, DropReason.RELAY_RATE);
        this.active = new Each<>(
                SessionInfo.Role.class,
                role -> new Each<>(
                        SessionInfo.Kind.class,
                        kind -> gauge(ACTIVE, "Sessions in progress", Tags.of("kind", tag(kind), "role", tag(role)))));
        this.nodes = gauge("grasp.nodes", "Open nodes", Tags.empty());
        this.links = gauge("grasp.links", "Usable links", Tags.empty());
        this.linkFailures = counter("grasp.link.failures", "Failures on links", Tags.empty());
        this.linkWarnings = new Each<>(
                LinkWarning.class,
                warning -> counter("grasp.link.warnings", "Warnings about links", Tags.of("warning", tag(warning))));
        this.acceptFailures = counter("grasp.accept.failures", "Failed attempts to accept a connection", Tags.empty());
        this.handlerFailures = counter(
                "grasp.handler.failures", "Sessions and messages on which an ASA's handler failed", Tags.empty());
        this.peersRefused = new Each<>(
                PeerRefusal.class,
                reason -> counter(
                        "grasp.peers.refused",
                        "Connections with peers that were not authenticated",
                        Tags.of("reason", tag(reason))));
        this.goodIdentities = gauge("grasp.identity.good", "Nodes whose own certificate can be used", Tags.empty());
        this.certificates = new CertificateExpiry(registry.config().clock());
        own(Gauge.builder("grasp.certificate.expiry", certificates, CertificateExpiry::seconds)
                .strongReference(true)
                .description("The time until the first certificate of a node expires")
                .baseUnit("seconds")
                .tags(common)
                .register(registry));
        this.loopDelay = timer("grasp.loop.delay", "How long a task waits for its turn on the loop", Tags.empty());
    }

    LongAdder active(SessionInfo session) {
        return active.get(session.role()).get(session.kind());
    }

    /** @param objective one of the listed names or {@link #OTHER}; ignored if none is listed */
    Timer sessions(SessionInfo session, SessionOutcome outcome, String objective) {
        Tags tags = of(session).and("outcome", tag(outcome));
        return timer(
                "grasp.sessions",
                "Ended sessions, and their durations",
                objectives.isEmpty() ? tags : tags.and("objective", objective));
    }

    Counter failures(SessionInfo session, String code) {
        return counter("grasp.session.failures", "Failed sessions", of(session).and("code", code));
    }

    Counter counter(String name, String description, Tags tags) {
        return counter(name, description, null, tags);
    }

    Counter counter(String name, String description, @Nullable String unit, Tags tags) {
        return own(Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(common.and(tags))
                .register(registry));
    }

    /** Removes all registered meters. */
    void remove() {
        registered.forEach(registry::remove);
    }

    static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Tags of(SessionInfo session) {
        return Tags.of("kind", tag(session.kind()), "role", tag(session.role()));
    }

    private Counter cacheReads(CacheKind cache, String result) {
        return counter("grasp.cache.reads", "Reads of a cache", Tags.of("cache", tag(cache), "result", result));
    }

    private LongAdder gauge(String name, String description, Tags tags) {
        LongAdder value = new LongAdder();
        own(Gauge.builder(name, value, LongAdder::sum)
                .strongReference(true)
                .description(description)
                .tags(common.and(tags))
                .register(registry));
        return value;
    }

    private Timer timer(String name, String description, Tags tags) {
        return own(Timer.builder(name)
                .description(description)
                .tags(common.and(tags))
                .register(registry));
    }

    private <M extends Meter> M own(M meter) {
        registered.add(meter);
        return meter;
    }

    /** Counts what happens to the messages of one type that could be relayed. */
    final class RelayCounters {
        final Counter relayed;
        private final Tags ofType;
        private final Map<DropReason, Counter> refused = new ConcurrentHashMap<>();

        /** @param bounds the reasons that exist from the start; others appear with the first refusal */
        RelayCounters(int type, DropReason... bounds) {
            ofType = Tags.of("type", MessageType.name(type));
            relayed = counter("grasp.relayed", "Messages relayed to other links", ofType);
            List.of(bounds).forEach(this::refused);
        }

        Counter refused(DropReason bound) {
            return refused.computeIfAbsent(
                    bound,
                    reason -> counter(
                            "grasp.relay.refused",
                            "Messages not relayed because of a bound",
                            ofType.and("reason", tag(reason))));
        }
    }
}
