package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.NegotiatedPools;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.FileStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/** Prefix managers of two hosts, of which one or the other is killed while they negotiate. */
@Tag("long")
class PrefixManagerKillsIT {
    private static final int KILLS = 100;

    /** The longest time between a negotiation that succeeds after a restart, and the next kill. */
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** The same for a kill that may come while a process starts: after the restart. */
    private static final long LONGEST_START_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Duration BOUND = Duration.ofSeconds(20);

    private static Pair pair;
    private final Processes processes = new Processes();

    @TempDir
    private Path directory;

    @BeforeAll
    static void build() {
        Namespaces.assumePossible();
        pair = Pair.withUlas();
    }

    @AfterAll
    static void remove() {
        if (pair != null) {
            pair.close();
        }
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void eachPrefixIsAccountedForOnceAfter100Kills() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        RunningProcess provider = provider().awaitReady();
        RunningProcess requester = requester();
        for (int i = 0; i < KILLS; i++) {
            if (random.nextInt(5) > 0) {
                awaitObtained(requester);
                LockSupport.parkNanos(random.nextLong(LONGEST_NANOS));
            } else {
                LockSupport.parkNanos(random.nextLong(LONGEST_START_NANOS));
            }
            if (random.nextBoolean()) {
                provider.kill();
                provider = provider();
            } else {
                requester.kill();
                requester = requester();
            }
        }
        awaitObtained(requester);
        requester.stop();
        assertThat(requester.exit()).as(requester::toString).isEqualTo(ExitCodes.TERMINATED);
        provider.stop();
        assertThat(provider.exit()).as(provider::toString).isEqualTo(ExitCodes.TERMINATED);

        try (NegotiatedPools pools = NegotiatedPools.of("seed " + seed, open("provider"), open("requester"))) {
            pools.assertConsistent();
            pools.assertAccountedFor();
            // At most the negotiation that was cut by each kill, and by the end.
            assertThat(pools.provided().entries(EntryState.IN_DOUBT)).hasSizeBetween(1, KILLS + 1);
            assertThat(pools.required().entries(EntryState.UNCONFIRMED)).hasSizeLessThanOrEqualTo(KILLS + 1);

            pools.decide();

            pools.assertAccountedFor();
            assertThat(pools.given()).isEqualTo(pools.taken());
        }
    }

    private RunningProcess provider() {
        return manager(pair.left, "provider", "--pool", "2001:db8::/48", "--peer-share", "0");
    }

    /** It never has enough, so it negotiates all the time. */
    private RunningProcess requester() {
        return manager(pair.right, "requester", "--length", "64", "--reserve", "60000");
    }

    private RunningProcess manager(Host host, String name, String... options) {
        List<String> all = new ArrayList<>(
                List.of("--state", directory.resolve(name + ".db").toString(), "--json", "--assume-secure"));
        all.addAll(List.of(options));
        return processes.start(host, "prefix-manager", all);
    }

    private static void awaitObtained(RunningProcess requester) {
        long lines = requester.output().size();
        Processes.await(
                () -> "a prefix after line " + lines + " of " + requester,
                () -> requester.output().stream()
                        .skip(lines)
                        .anyMatch(line -> line.contains("\"event\":\"obtained\"")));
    }

    private PrefixPool open(String name) {
        return PrefixPool.open(
                        new FileStore(directory.resolve(name + ".db")),
                        PoolConfig.DEFAULTS,
                        InstantSource.system(),
                        Schedulers.immediate())
                .block(BOUND);
    }
}
