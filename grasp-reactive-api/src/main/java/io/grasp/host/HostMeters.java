package io.grasp.host;

import io.grasp.host.HostException.Kind;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;

/**
 * Meters of the ASAs of a host; docs/metrics.md lists them. Each has the name of its ASA as a tag, which the operator
 * has chosen by the plan. They show the state at the last second, so that reading them does not disturb a node, and are
 * removed when their ASA is no longer in the plan. {@link #watch} must be called once, before or after
 * {@link #bindTo}.
 */
public final class HostMeters implements MeterBinder {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final List<Kind> FAILURES =
            List.of(Kind.FAILED, Kind.NOT_READY, Kind.BLOCKED, Kind.OVERLOADED, Kind.UNHEALTHY, Kind.HANDLER);

    private final Tags common;
    private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();
    /** Confined to the node's loop. */
    private final Map<String, OfAsa> asas = new HashMap<>();

    /** Meters without additional tags. */
    public HostMeters() {
        this(Tags.empty());
    }

    /**
     * Meters with additional tags, which distinguish this host from others.
     *
     * @param tags on every meter
     */
    public HostMeters(Iterable<Tag> tags) {
        this.common = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registries.add(registry);
    }

    /**
     * Shows the ASAs of a host, until it is closed.
     *
     * @param host the host
     */
    public void watch(AsaHost host) {
        Flux.interval(Duration.ZERO, PERIOD, host.scheduler())
                .onBackpressureDrop()
                .concatMap(tick -> host.asas(), 1)
                .takeUntilOther(host.events().ignoreElements())
                .doFinally(end -> show(List.of()))
                .subscribe(this::show, nodeClosed -> {});
    }

    private void show(List<HostedAsaInfo> current) {
        Set<String> names = current.stream().map(HostedAsaInfo::name).collect(Collectors.toSet());
        asas.entrySet().removeIf(asa -> {
            boolean gone = !names.contains(asa.getKey());
            if (gone) {
                asa.getValue().remove();
            }
            return gone;
        });
        for (HostedAsaInfo info : current) {
            OfAsa known = asas.get(info.name());
            if (known == null) {
                asas.put(info.name(), new OfAsa(info));
            } else {
                known.info = info;
            }
        }
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The meters of one ASA. */
    private final class OfAsa {
        private final Map<MeterRegistry, List<Meter>> meters = new HashMap<>();
        private volatile HostedAsaInfo info;

        OfAsa(HostedAsaInfo info) {
            this.info = info;
            registries.forEach(registry -> meters.put(registry, register(registry)));
        }

        private List<Meter> register(MeterRegistry registry) {
            Tags tags = common.and("asa", info.name());
            List<Meter> registered = new ArrayList<>();
            for (LifeCycleState state : LifeCycleState.values()) {
                registered.add(Gauge.builder("grasp.hosted.state", this, asa -> asa.info.state() == state ? 1 : 0)
                        .description("1 for the state of the ASA, 0 for the others")
                        .tags(tags.and("state", tag(state)))
                        .strongReference(true)
                        .register(registry));
            }
            registered.add(FunctionCounter.builder("grasp.hosted.starts", this, asa -> asa.info.starts())
                    .description("Starts of the ASA")
                    .tags(tags)
                    .register(registry));
            for (Kind kind : FAILURES) {
                registered.add(FunctionCounter.builder(
                                "grasp.hosted.failures",
                                this,
                                asa -> asa.info.failures().getOrDefault(kind, 0L))
                        .description("Failures of the ASA")
                        .tags(tags.and("kind", tag(kind)))
                        .register(registry));
            }
            registered.add(FunctionTimer.builder(
                            "grasp.hosted.tasks",
                            this,
                            asa -> asa.info.work().tasks(),
                            asa -> asa.info.work().busy().toNanos(),
                            TimeUnit.NANOSECONDS)
                    .description("Tasks that the ASA's threads have run, and the time that they took")
                    .tags(tags)
                    .register(registry));
            registered.add(Gauge.builder(
                            "grasp.hosted.tasks.waiting",
                            this,
                            asa -> asa.info.work().waiting())
                    .description("Tasks that wait for the ASA's thread, with delays")
                    .tags(tags)
                    .strongReference(true)
                    .register(registry));
            registered.add(Gauge.builder(
                            "grasp.hosted.task.running",
                            this,
                            asa -> seconds(asa.info.work().running()))
                    .description("For how long the ASA's current task has been running")
                    .baseUnit("seconds")
                    .tags(tags)
                    .strongReference(true)
                    .register(registry));
            registered.add(FunctionCounter.builder(
                            "grasp.hosted.allocated",
                            this,
                            asa -> asa.info.allocated().orElse(0))
                    .description("Memory that the ASA's current thread has allocated")
                    .baseUnit("bytes")
                    .tags(tags)
                    .register(registry));
            return registered;
        }

        private static double seconds(Duration time) {
            return time.toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
        }

        void remove() {
            meters.forEach((registry, registered) -> registered.forEach(registry::remove));
        }
    }
}
