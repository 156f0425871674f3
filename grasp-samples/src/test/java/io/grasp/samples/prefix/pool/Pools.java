package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.samples.prefix.store.PrefixStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A pool over a store that takes no time, and its clock. */
final class Pools {
    private static final Duration BOUND = Duration.ofSeconds(20);

    final PrefixStore store;
    final PoolConfig config;
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    PrefixPool pool;

    Pools(PoolConfig config) {
        this(new MemoryStore(), config);
    }

    Pools(PrefixStore store, PoolConfig config) {
        this.store = store;
        this.config = config;
        this.pool = get(open());
    }

    Mono<PrefixPool> open() {
        InstantSource clock = () -> now;
        return PrefixPool.open(store, config, clock, Schedulers.immediate());
    }

    /** The process ended, and starts again. */
    void crash() {
        pool = get(open());
    }

    static <T> T get(Mono<T> result) {
        return result.block(BOUND);
    }

    PoolStatus status() {
        return get(pool.status());
    }

    Stream<String> in(EntryState state) {
        return status().entries(state).stream().map(entry -> entry.prefix().toString());
    }

    List<String> log() {
        return get(pool.log(0, Integer.MAX_VALUE)).stream()
                .map(line -> line.event() + " " + line.prefix() + (line.party().isEmpty() ? "" : " " + line.party()))
                .toList();
    }

    void seed(String... prefixes) {
        Stream.of(prefixes).map(Prefix::parse).forEach(prefix -> get(pool.seed(prefix)));
    }
}
