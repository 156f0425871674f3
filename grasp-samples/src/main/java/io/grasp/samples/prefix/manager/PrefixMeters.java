package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.FamilyUse;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters of a prefix manager: what it does, and how its space is used. Tags are versions of IP, states and kinds of
 * events, never prefixes or peers.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><td>{@code grasp.prefixes}</td><td>gauge: the number of prefixes by {@code family} and {@code state}</td></tr>
 * <tr><td>{@code grasp.prefixes.addresses}</td><td>gauge: the number of their addresses</td></tr>
 * <tr><td>{@code grasp.prefixes.events}</td><td>counter by {@code event}</td></tr>
 * </table>
 */
public final class PrefixMeters implements MeterBinder, PrefixEvent.Listener {
    private static final List<Class<? extends PrefixEvent>> KINDS = List.of(
            PrefixEvent.Assigned.class,
            PrefixEvent.Returned.class,
            PrefixEvent.InDoubt.class,
            PrefixEvent.Declined.class,
            PrefixEvent.Waiting.class,
            PrefixEvent.Obtained.class,
            PrefixEvent.NotObtained.class,
            PrefixEvent.NotStored.class,
            PrefixEvent.ParamsChanged.class,
            PrefixEvent.Delegated.class,
            PrefixEvent.Released.class,
            PrefixEvent.HookFailed.class);

    private volatile @Nullable MeterRegistry registry;
    private volatile @Nullable PrefixPool pool;

    /** Meters that are not bound to a registry yet. */
    public PrefixMeters() {}

    /**
     * Begins to report a pool.
     *
     * @param opened the pool; empty to report none
     */
    public void watch(Optional<PrefixPool> opened) {
        pool = opened.orElse(null);
    }

    @Override
    public void bindTo(MeterRegistry bound) {
        registry = bound;
        for (AddressFamily family : AddressFamily.values()) {
            for (EntryState state : EntryState.values()) {
                gauge(bound, "grasp.prefixes", "Prefixes", family, state, use -> use.prefixes(state));
                gauge(
                        bound,
                        "grasp.prefixes.addresses",
                        "Addresses of prefixes",
                        family,
                        state,
                        use -> use.addresses(state).doubleValue());
            }
        }
        KINDS.forEach(kind -> counter(bound, kind));
    }

    private void gauge(
            MeterRegistry bound,
            String name,
            String description,
            AddressFamily family,
            EntryState state,
            ToDoubleFunction<FamilyUse> value) {
        Gauge.builder(name, this, meters -> meters.value(family, value))
                .description(description)
                .tag("family", family.name().toLowerCase(Locale.ROOT))
                .tag("state", state.name().toLowerCase(Locale.ROOT))
                .register(bound);
    }

    private double value(AddressFamily family, ToDoubleFunction<FamilyUse> value) {
        PrefixPool opened = pool;
        FamilyUse use = opened == null ? null : opened.use().get(family);
        return use == null ? 0 : value.applyAsDouble(use);
    }

    private static Counter counter(MeterRegistry bound, Class<? extends PrefixEvent> kind) {
        String name =
                kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        return Counter.builder("grasp.prefixes.events")
                .description("What the prefix manager has done")
                .tag("event", name)
                .register(bound);
    }

    @Override
    public void event(PrefixEvent event) {
        MeterRegistry bound = registry;
        if (bound != null) {
            counter(bound, event.getClass()).increment();
        }
    }
}
