package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.store.FileStore;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A process that allocates prefixes until it is killed: a provider and a requester with a file each, without a network
 * between them. It prints what is on stable storage.
 */
final class AllocatingProcess {
    static final Prefix SEED = Prefix.parse("10.0.0.0/8");

    /** At a time: several, so that their changes are written together. */
    static final int NEGOTIATIONS = 8;

    static final PoolConfig CONFIG = PoolConfig.DEFAULTS.withPeerLimits(
            peer -> PeerLimits.DEFAULTS.withMaxPrefixes(1_000_000).withMaxOffers(NEGOTIATIONS));

    private final PrefixPool provider;
    private final PrefixPool requester;
    private final SplittableRandom random;

    private AllocatingProcess(PrefixPool provider, PrefixPool requester, SplittableRandom random) {
        this.provider = provider;
        this.requester = requester;
        this.random = random;
    }

    /** Arguments: the provider's file, the requester's file, a seed. */
    public static void main(String[] arguments) {
        PrefixPool provider = get(open(Path.of(arguments[0])));
        PrefixPool requester = get(open(Path.of(arguments[1])));
        get(provider.seed(SEED));
        say("ready");
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
        for (int i = 0; i < NEGOTIATIONS; i++) {
            AllocatingProcess negotiations = new AllocatingProcess(provider, requester, random.split());
            new Thread(negotiations::run).start();
        }
    }

    static Mono<PrefixPool> open(Path file) {
        return PrefixPool.open(new FileStore(file), CONFIG, InstantSource.system(), Schedulers.immediate());
    }

    private void run() {
        while (true) {
            negotiate(20 + random.nextInt(9));
            if (random.nextInt(4) == 0) {
                use();
            }
        }
    }

    private void negotiate(int length) {
        Offer offer = get(provider.offer("requester", AddressFamily.IPV4, length, length, BigInteger.ZERO));
        Prefix prefix = offer.prefix();
        say("offered " + prefix);
        Acquisition taken = get(requester.acquire("provider", prefix));
        switch (random.nextInt(8)) {
            case 0 -> {
                get(Mono.when(taken.abandon(), offer.undo()));
                say("declined " + prefix);
            }
            case 1 -> {
                get(Mono.when(taken.complete(), offer.doubt("the acceptance was lost")));
                say("accepted " + prefix);
            }
            case 2 -> {
                get(Mono.when(taken.doubt("the connection was lost"), offer.doubt("the connection was lost")));
                say("doubted " + prefix);
            }
            default -> {
                get(Mono.when(taken.complete(), offer.commit()));
                say("accepted " + prefix);
            }
        }
    }

    private void use() {
        try {
            Prefix used = get(requester.assign("eth0", AddressFamily.IPV4, 29));
            say("assigned " + used);
            if (random.nextBoolean()) {
                get(requester.release(used, "eth0"));
                say("released " + used);
            }
        } catch (PoolException e) {
            // nothing is free yet
        }
    }

    private static void say(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }

    private static <T> T get(Mono<T> result) {
        return result.block(Duration.ofSeconds(60));
    }
}
