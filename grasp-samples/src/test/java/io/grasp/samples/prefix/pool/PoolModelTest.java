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
import io.grasp.samples.prefix.store.StoreException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/**
 * Random operations, crashes and failures of the store, compared with a model: the owner of each address of 10.0.0.0/24
 * and 10.0.1.0/24, where the first is the node's and the second a provider's.
 */
class PoolModelTest {
    private static final int ADDRESSES = 512;
    private static final int BASE = 10 << 24;

    private enum Owner {
        FREE,
        OFFERED,
        DELEGATED,
        IN_DOUBT,
        ASSIGNED,
        /** The provider has it. */
        ELSEWHERE,
        ACCEPTING,
        UNCONFIRMED
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void thePoolDoesWhatTheModelDoes(long seed) {
        new Run(seed).steps(500);
    }

    @Test
    @Tag("long")
    void thePoolDoesWhatTheModelDoesForLong() {
        for (long seed = 100; seed < 150; seed++) {
            new Run(seed).steps(2_000);
        }
    }

    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final FlakyStore store;
        private final Pools pools;
        private final Owner[] owners = new Owner[ADDRESSES];
        private final List<Offer> offers = new ArrayList<>();
        private final List<Acquisition> acquisitions = new ArrayList<>();
        private final List<Prefix> assigned = new ArrayList<>();
        private final List<Prefix> doubtful = new ArrayList<>();

        Run(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.store = new FlakyStore(random);
            this.pools = new Pools(
                    store, PoolConfig.DEFAULTS.withPeerLimits(peer -> PeerLimits.DEFAULTS.withMaxOffers(100)));
            pools.seed("10.0.0.0/24");
            Arrays.fill(owners, 0, 256, Owner.FREE);
            Arrays.fill(owners, 256, ADDRESSES, Owner.ELSEWHERE);
            store.flaky = true;
        }

        void steps(int count) {
            for (int step = 0; step < count; step++) {
                String what = step();
                store.flaky = false;
                compare("seed " + seed + ", step " + step + ": " + what, step % 50 == 0);
                store.flaky = true;
            }
        }

        private String step() {
            int length = 24 + random.nextInt(9);
            return switch (random.nextInt(12)) {
                case 0, 1, 2 -> offer(length, random.nextBoolean() ? 32 : length);
                case 3, 4 -> pick(offers, this::endOffer);
                case 5, 6 -> assign(length);
                case 7 ->
                    pick(assigned, used -> ended(pools.pool.release(used, "eth0"), used, Owner.ASSIGNED, Owner.FREE));
                case 8 -> pick(doubtful, this::decide);
                case 9, 10 -> acquisitions.isEmpty() ? acquire() : pick(acquisitions, this::endAcquisition);
                default -> crash();
            };
        }

        private String offer(int length, int longest) {
            boolean exact = hasFree(length);
            Optional<Offer> offer =
                    done(pools.pool.offer("B", AddressFamily.IPV4, length, longest, BigInteger.ZERO), longest);
            offer.ifPresent(reserved -> {
                assertThat(reserved.prefix().length()).isBetween(length, longest);
                assertThat(reserved.prefix().length() == length).isEqualTo(exact);
                move(reserved.prefix(), Owner.FREE, Owner.OFFERED);
                offers.add(reserved);
            });
            return "offer of " + length + " to " + longest + ": " + offer;
        }

        private boolean endOffer(Offer offer) {
            Prefix prefix = offer.prefix();
            return switch (random.nextInt(3)) {
                case 0 -> ended(offer.commit(), prefix, Owner.OFFERED, Owner.DELEGATED);
                case 1 -> ended(offer.undo(), prefix, Owner.OFFERED, Owner.FREE);
                default -> ended(offer.doubt("lost"), prefix, Owner.OFFERED, Owner.IN_DOUBT) && doubtful.add(prefix);
            };
        }

        private String assign(int length) {
            Optional<Prefix> prefix = done(pools.pool.assign("eth0", AddressFamily.IPV4, length), length);
            prefix.ifPresent(used -> {
                move(used, Owner.FREE, Owner.ASSIGNED);
                assigned.add(used);
            });
            return "assign " + length + ": " + prefix;
        }

        private boolean decide(Prefix prefix) {
            Owner owner = owners[index(prefix)];
            if (random.nextBoolean()) {
                return ended(pools.pool.reclaim(prefix), prefix, owner, Owner.FREE);
            }
            return ended(
                    pools.pool.cede(prefix),
                    prefix,
                    owner,
                    owner == Owner.IN_DOUBT ? Owner.DELEGATED : Owner.ELSEWHERE);
        }

        private String acquire() {
            int length = 26 + random.nextInt(7);
            int size = 1 << (32 - length);
            int first = 256 + random.nextInt(256 / size) * size;
            Prefix prefix = Prefix.of(AddressFamily.IPV4, address(first), length);
            if (Arrays.stream(owners, first, first + size).allMatch(owner -> owner == Owner.ELSEWHERE)) {
                done(pools.pool.acquire("A", prefix), 32).ifPresent(acquisition -> {
                    move(prefix, Owner.ELSEWHERE, Owner.ACCEPTING);
                    acquisitions.add(acquisition);
                });
            }
            return "acquire " + prefix;
        }

        private boolean endAcquisition(Acquisition acquisition) {
            Prefix prefix = acquisition.prefix();
            return switch (random.nextInt(4)) {
                case 0, 1 -> ended(acquisition.complete(), prefix, Owner.ACCEPTING, Owner.FREE);
                case 2 -> ended(acquisition.abandon(), prefix, Owner.ACCEPTING, Owner.ELSEWHERE);
                default ->
                    ended(acquisition.doubt("lost"), prefix, Owner.ACCEPTING, Owner.UNCONFIRMED)
                            && doubtful.add(prefix);
            };
        }

        private String crash() {
            store.flaky = false;
            // A change that is written repairs the store: after a failed write, either is right.
            get(get(pools.pool.acquire("A", Prefix.parse("10.0.2.0/24"))).abandon());
            pools.crash();
            store.flaky = true;
            for (Offer cut : offers) {
                move(cut.prefix(), Owner.OFFERED, Owner.IN_DOUBT);
                doubtful.add(cut.prefix());
            }
            offers.clear();
            for (Acquisition cut : acquisitions) {
                move(cut.prefix(), Owner.ACCEPTING, Owner.UNCONFIRMED);
                doubtful.add(cut.prefix());
            }
            acquisitions.clear();
            return "crash";
        }

        /** One of a list is ended; it stays in the list if the store failed. */
        private <T> String pick(List<T> list, Predicate<T> end) {
            if (list.isEmpty()) {
                return "nothing";
            }
            T picked = list.remove(random.nextInt(list.size()));
            if (!end.test(picked)) {
                list.add(picked);
            }
            return "end of " + picked;
        }

        /** {@return the result, or empty if the store failed or nothing of the length is free} */
        private <T> Optional<T> done(Mono<T> operation, int longest) {
            try {
                return Optional.of(get(operation));
            } catch (StoreException e) {
                return Optional.empty();
            } catch (PoolException e) {
                assertThat(e.reason()).isEqualTo(PoolException.Reason.EXHAUSTED);
                assertThat(hasFree(longest)).isFalse();
                return Optional.empty();
            }
        }

        private boolean ended(Mono<Void> operation, Prefix prefix, Owner from, Owner to) {
            try {
                get(operation);
            } catch (StoreException e) {
                return false;
            }
            move(prefix, from, to);
            return true;
        }

        private void move(Prefix prefix, Owner from, Owner to) {
            for (int i = index(prefix); i < index(prefix) + prefix.size().intValue(); i++) {
                assertThat(owners[i]).as("%s, from %s to %s", prefix, from, to).isEqualTo(from);
                owners[i] = to;
            }
        }

        private boolean hasFree(int length) {
            int size = 1 << (32 - length);
            return IntStream.iterate(0, i -> i < ADDRESSES, i -> i + size)
                    .anyMatch(i -> Arrays.stream(owners, i, i + size).allMatch(owner -> owner == Owner.FREE));
        }

        private void compare(String what, boolean withInvariants) {
            PoolStatus status = pools.status();
            Owner[] actual = new Owner[ADDRESSES];
            Arrays.fill(actual, 256, ADDRESSES, Owner.ELSEWHERE);
            List<Prefix> free = new ArrayList<>();
            for (PoolEntry entry : status.entries()) {
                if (entry.state() == EntryState.SEED) {
                    continue;
                }
                if (entry.state() == EntryState.FREE) {
                    free.add(entry.prefix());
                }
                int first = index(entry.prefix());
                for (int i = first; i < first + entry.prefix().size().intValue(); i++) {
                    assertThat(actual[i]).as(what).isIn(null, Owner.ELSEWHERE);
                    actual[i] = Owner.valueOf(entry.state().name());
                }
            }
            int differs = Arrays.mismatch(actual, owners);
            assertThat(differs)
                    .as(() ->
                            what + ": address " + differs + " is " + actual[differs] + ", expected " + owners[differs])
                    .isNegative();
            assertThat(free).as("merged: %s", what).noneMatch(prefix -> free.contains(prefix.sibling()));
            Map<EntryState, BigInteger> sums = status.entries().stream()
                    .collect(Collectors.toMap(
                            PoolEntry::state, entry -> entry.prefix().size(), BigInteger::add));
            assertThat(pools.pool.use().get(AddressFamily.IPV4).addresses())
                    .as(what)
                    .isEqualTo(sums);
            if (withInvariants) {
                List<Holdings> all = List.of(
                        Holdings.of("node", status),
                        new Holdings(
                                "A",
                                List.of(Prefix.parse("10.0.1.0/24")),
                                addresses(Owner.ELSEWHERE),
                                List.of(),
                                List.of()),
                        new Holdings("B", List.of(), addresses(Owner.DELEGATED), List.of(), List.of()));
                assertThat(PrefixInvariants.allocatedTwice(all)).as(what).isEmpty();
                assertThat(PrefixInvariants.lost(all)).as(what).isEmpty();
            }
        }

        private List<Prefix> addresses(Owner owner) {
            return IntStream.range(0, ADDRESSES)
                    .filter(i -> owners[i] == owner)
                    .mapToObj(i -> Prefix.of(AddressFamily.IPV4, address(i), 32))
                    .toList();
        }

        private static byte[] address(int index) {
            return ByteBuffer.allocate(4).putInt(BASE + index).array();
        }

        private static int index(Prefix prefix) {
            return ByteBuffer.wrap(prefix.address()).getInt() - BASE;
        }
    }

    /** Fails now and then, before or after it has written, and to open. */
    private static final class FlakyStore implements PrefixStore {
        private final MemoryStore memory = new MemoryStore();
        private final SplittableRandom random;
        private boolean flaky;

        FlakyStore(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public StoreContent load() {
            failAtTimes();
            return memory.load();
        }

        @Override
        public void write(StoreChange change) {
            failAtTimes();
            memory.write(change);
            failAtTimes();
        }

        private void failAtTimes() {
            if (flaky && random.nextInt(16) == 0) {
                throw new StoreException(StoreException.Reason.UNAVAILABLE, "this failure is part of the test", null);
            }
        }

        @Override
        public void close() {}
    }
}
