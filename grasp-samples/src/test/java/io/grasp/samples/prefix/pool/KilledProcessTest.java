package io.grasp.samples.prefix.pool;

import static io.grasp.samples.prefix.pool.Pools.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that allocates prefixes is killed at random points: whatever it said that it had done is there again. */
class KilledProcessTest {
    @TempDir
    private Path directory;

    @Test
    void aKilledProcessHasLostAndDoubledNothing() throws Exception {
        killed(2, 400);
    }

    @Test
    @Tag("long")
    void aProcessKilledAt100PointsHasLostAndDoubledNothing() throws Exception {
        killed(100, 1_000);
    }

    private void killed(int times, long longestMillis) throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < times; i++) {
            List<String> said = killAfter(random.nextLong(TimeUnit.MILLISECONDS.toNanos(longestMillis)), random);
            check("seed " + seed + ", kill " + i, said);
        }
    }

    private List<String> killAfter(long nanos, SplittableRandom random) throws IOException, InterruptedException {
        Process process = ChildJvm.of(
                        List.of(), directory, AllocatingProcess.class, provider(), requester(), random.nextLong())
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).as(() -> errors()).isEqualTo("ready");
            assertThatThrownBy(() -> get(AllocatingProcess.open(provider())))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(StoreException.Reason.IN_USE));
            long end = System.nanoTime() + nanos;
            List<String> said = new ArrayList<>();
            while (System.nanoTime() < end) {
                if (output.ready()) {
                    said.add(output.readLine());
                } else {
                    LockSupport.parkNanos(Math.min(100_000, end - System.nanoTime()));
                }
            }
            process.toHandle().destroyForcibly(); // unlike that of the process, it leaves the output open
            output.lines().forEach(said::add);
            return said;
        } finally {
            process.destroyForcibly().waitFor();
            assertThat(errors()).isEmpty();
        }
    }

    private void check(String what, List<String> said) {
        try (NegotiatedPools pools = NegotiatedPools.of(
                what, get(AllocatingProcess.open(provider())), get(AllocatingProcess.open(requester())))) {
            pools.assertConsistent();

            // Each negotiation that was cut is in doubt, and nothing else but what was said.
            long doubted =
                    said.stream().filter(line -> line.startsWith("doubted")).count();
            assertThat(pools.required().entries(EntryState.UNCONFIRMED))
                    .as(what)
                    .hasSizeBetween((int) doubted, (int) doubted + AllocatingProcess.NEGOTIATIONS);
            for (String line : said) {
                Prefix prefix = Prefix.parse(line.substring(line.indexOf(' ') + 1));
                if (line.startsWith("accepted ")) {
                    assertThat(pools.isGiven(prefix, EntryState.DELEGATED, EntryState.IN_DOUBT))
                            .as("%s: %s", what, line)
                            .isTrue();
                    assertThat(pools.own().stream().anyMatch(prefix::overlaps))
                            .as("%s: %s", what, line)
                            .isTrue();
                }
            }
            pools.decide();
        }
    }

    private Path provider() {
        return directory.resolve("provider.db");
    }

    private Path requester() {
        return directory.resolve("requester.db");
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("errors"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
