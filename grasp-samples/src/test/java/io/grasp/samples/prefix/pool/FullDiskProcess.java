package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.store.StoreException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A process whose disk has little space: it prints what happens when it is full, and when there is space again. */
final class FullDiskProcess {
    private FullDiskProcess() {}

    /** Argument: a directory on a file system of a few hundred kilobytes. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Path ballast = Files.write(directory.resolve("ballast"), new byte[64 * 1024]);
        PrefixPool pool = get(AllocatingProcess.open(directory.resolve("prefixes.db")));
        get(pool.seed(AllocatingProcess.SEED));
        int delegated = 0;
        Offer last;
        try {
            while (true) {
                last = offer(pool);
                get(last.commit());
                delegated++;
            }
        } catch (StoreException e) {
            System.out.println(e.reason() + ": " + e.getMessage());
        }
        System.out.println("delegated as said: " + (count(pool, EntryState.DELEGATED) == delegated));
        boolean offered = count(pool, EntryState.OFFERED) == 1;
        Files.delete(ballast);
        get(offer(pool).commit());
        System.out.println("after: " + (count(pool, EntryState.DELEGATED) - delegated));
        get(pool.closeAsync());

        pool = get(AllocatingProcess.open(directory.resolve("prefixes.db")));
        System.out.println("again: " + (count(pool, EntryState.DELEGATED) - delegated) + " in doubt: "
                + (count(pool, EntryState.IN_DOUBT) - (offered ? 1 : 0)));
        get(pool.closeAsync());
    }

    private static Offer offer(PrefixPool pool) {
        return get(pool.offer("B", AddressFamily.IPV4, 32, 32, BigInteger.ZERO));
    }

    private static int count(PrefixPool pool, EntryState state) {
        return get(pool.status()).entries(state).size();
    }

    private static <T> T get(Mono<T> result) {
        return result.block(Duration.ofSeconds(60));
    }
}
