package io.grasp.samples.prefix.manager;

import io.grasp.api.Grasp;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PoolStatus;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.simulation.SimulationRunner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Prefix managers on the nodes of a simulation. Their stores outlive crashes. */
final class Managers {
    private final SimulationRunner run;
    private final Map<String, FaultyStore> stores = new HashMap<>();

    Managers(SimulationRunner run) {
        this.run = run;
    }

    /**
     * A manager on a node.
     *
     * @param grasp the node
     * @param pool its prefixes
     * @param manager the manager
     * @param events what it has reported
     * @param activity stops it
     */
    record Running(Grasp grasp, PrefixPool pool, PrefixManager manager, List<PrefixEvent> events, Disposable activity) {
        <E extends PrefixEvent> List<E> events(Class<E> type) {
            return events.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    /** {@return what a manager has written, or will write} */
    FaultyStore store(String name) {
        return stores.computeIfAbsent(name, first -> new FaultyStore(new MemoryStore()));
    }

    Running start(String name, PrefixManagerConfig config, String... seeds) {
        return start(run.start(name), name, config, PoolConfig.DEFAULTS, seeds);
    }

    Running start(Grasp grasp, String name, PrefixManagerConfig config, PoolConfig poolConfig, String... seeds) {
        return start(grasp, name, config, poolConfig, PrefixManager.Uses.NONE, seeds);
    }

    Running start(
            Grasp grasp,
            String name,
            PrefixManagerConfig config,
            PoolConfig poolConfig,
            PrefixManager.Uses uses,
            String... seeds) {
        FaultyStore store = store(name);
        PrefixPool pool =
                await(PrefixPool.open(store, poolConfig, () -> Instant.EPOCH.plus(grasp.now()), grasp.scheduler()));
        for (String seed : seeds) {
            run.await(pool.seed(Prefix.parse(seed)));
        }
        List<PrefixEvent> events = new ArrayList<>();
        PrefixManager manager =
                new PrefixManager(AsaNode.of(grasp), config, pool, uses, new Random(name.hashCode()), events::add);
        return new Running(grasp, pool, manager, events, run.inBackground(manager.run(grasp, () -> {})));
    }

    /** {@return what a pool knows} */
    PoolStatus status(Running manager) {
        return await(manager.pool().status());
    }

    <T> T await(Mono<T> value) {
        return Objects.requireNonNull(run.await(value));
    }
}
