package io.grasp.samples.prefix.pool;

import static io.grasp.samples.prefix.pool.Pools.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.invariant.Holdings;
import io.grasp.samples.prefix.invariant.PrefixInvariants;
import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.samples.prefix.store.PrefixStore;
import io.grasp.samples.prefix.store.StoreChange;
import io.grasp.samples.prefix.store.StoreContent;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two managers, and a crash of one or both before each write of a few negotiations, and after each. */
class CrashPointsTest {
    private static final int ALL = Integer.MAX_VALUE;

    private enum Crashing {
        PROVIDER,
        REQUESTER,
        BOTH
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostOrDoubledWhereverTheyCrash(Crashing crashing) {
        int writes = negotiate(crashing, ALL, false).writes;
        assertThat(writes).isGreaterThan(7);
        for (int crash = 1; crash <= writes; crash++) {
            for (boolean written : List.of(true, false)) {
                String what = crashing + " at write " + crash + (written ? ", written" : ", not written");
                Run run = negotiate(crashing, crash, written);
                run.provider.revive();
                run.requester.revive();
                Pools provider = new Pools(run.provider, PoolConfig.DEFAULTS);
                Pools requester = new Pools(run.requester, PoolConfig.DEFAULTS);
                List<Holdings> both = List.of(
                        Holdings.of("provider", provider.status()), Holdings.of("requester", requester.status()));
                assertThat(PrefixInvariants.allocatedTwice(both)).as(what).isEmpty();
                assertThat(PrefixInvariants.lost(both)).as(what).isEmpty();
                // One negotiation was under way, and one was in doubt anyway.
                assertThat(provider.in(EntryState.IN_DOUBT).count()).as(what).isLessThanOrEqualTo(2);
                assertThat(requester.in(EntryState.UNCONFIRMED).count())
                        .as(what)
                        .isLessThanOrEqualTo(1);
                provider.seed("10.0.0.0/8");
                assertThat(PrefixInvariants.allocatedTwice(both)).as(what).isEmpty();
            }
        }
    }

    @Test
    void withoutACrashNothingIsInDoubtButWhatWasSaidToBe() {
        Run run = negotiate(Crashing.BOTH, ALL, false);
        Pools provider = new Pools(run.provider, PoolConfig.DEFAULTS);
        assertThat(provider.in(EntryState.IN_DOUBT)).containsExactly("10.1.0.0/16");
        assertThat(provider.in(EntryState.DELEGATED)).containsExactly("10.0.0.0/16");
    }

    private record Run(CrashingStore provider, CrashingStore requester, int writes) {}

    private static Run negotiate(Crashing crashing, int crash, boolean written) {
        Crash point = new Crash(crash, written);
        CrashingStore providers = new CrashingStore(point, crashing != Crashing.REQUESTER);
        CrashingStore requesters = new CrashingStore(point, crashing != Crashing.PROVIDER);
        try {
            PrefixPool provider = new Pools(providers, PoolConfig.DEFAULTS).pool;
            PrefixPool requester = new Pools(requesters, PoolConfig.DEFAULTS).pool;
            get(provider.seed(Prefix.parse("10.0.0.0/8")));

            Offer accepted = offer(provider, 16);
            Acquisition taken = get(requester.acquire("A", accepted.prefix()));
            get(taken.complete());
            get(accepted.commit());

            get(offer(provider, 24).undo());
            Offer countered = offer(provider, 20);
            Acquisition declined = get(requester.acquire("A", countered.prefix()));
            get(declined.abandon());
            get(countered.undo());

            Offer lost = offer(provider, 16);
            get(get(requester.acquire("A", lost.prefix())).complete());
            get(lost.doubt("the acceptance was lost"));

            Prefix used = get(requester.assign("eth0", AddressFamily.IPV4, 24));
            get(requester.release(used, "eth0"));
        } catch (Crashed e) {
            // as it should
        }
        return new Run(providers, requesters, point.writes);
    }

    private static Offer offer(PrefixPool provider, int length) {
        return get(provider.offer("B", AddressFamily.IPV4, length, length, BigInteger.ZERO));
    }

    private static final class Crashed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Crash {
        private final int at;
        private final boolean written;
        private int writes;

        Crash(int at, boolean written) {
            this.at = at;
            this.written = written;
        }
    }

    /** At the crash, and after it, no caller gets an answer. */
    private static final class CrashingStore implements PrefixStore {
        private final MemoryStore memory = new MemoryStore();
        private final Crash point;
        private boolean crashing;

        CrashingStore(Crash point, boolean crashing) {
            this.point = point;
            this.crashing = crashing;
        }

        void revive() {
            crashing = false;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public StoreContent load() {
            return memory.load();
        }

        @Override
        public void write(StoreChange change) {
            boolean now = crashing && ++point.writes >= point.at;
            if (!now || point.written && point.writes == point.at) {
                memory.write(change);
            }
            if (now) {
                throw new Crashed();
            }
        }

        @Override
        public void close() {}
    }
}
