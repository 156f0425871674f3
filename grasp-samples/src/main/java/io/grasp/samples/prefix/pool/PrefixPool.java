package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.pool.PoolException.Reason;
import io.grasp.samples.prefix.pool.PoolState.Savepoint;
import io.grasp.samples.prefix.store.PrefixStore;
import io.grasp.samples.prefix.store.StoreChange;
import io.grasp.samples.prefix.store.StoreException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * The prefixes of a node, on stable storage. No prefix is given away twice: the Mono of a change completes when it is
 * on stable storage. Changes that wait for the store together are one write; each of them is made or refused for
 * itself. Free prefixes are merged at once where they are the halves of a shorter one; a request gets the first part of
 * the smallest free prefix that is large enough.
 *
 * <p>The methods may be called on any thread and never block. Each returns a cold Mono; the operations are carried out
 * one at a time in the order of the subscriptions, by {@link PrefixStore#execute}, and the signals are emitted on the
 * scheduler given to {@link #open}. So of two operations that are subscribed one after the other, nothing comes between
 * them: {@code Mono.when(acquisition.complete(), pool.offer(...))} offers what was just obtained.
 *
 * <p>An operation that was subscribed is carried out even if it is cancelled; an {@link Offer} or {@link Acquisition}
 * that a cancelled subscriber does not get is undone.
 *
 * <p>Errors: {@link PoolException} if the pool refuses, {@link StoreException} if the store fails. After either, the
 * pool is as it was before, and goes on; a store that failed is opened again for the next operation.
 */
public final class PrefixPool {
    private static final int MAX_PARTY_CHARS = 500;

    private final PrefixStore store;
    private final PoolConfig config;
    private final InstantSource clock;
    private final Scheduler signals;
    private final Queue<Operation<?>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    private volatile Map<AddressFamily, FamilyUse> use = Map.of();

    /** The ends that {@link #endUnattended} could not write. */
    private final Queue<Mono<Void>> unattended = new ConcurrentLinkedQueue<>();

    /** Emits {@link #use} after each change, by the tasks of the store. */
    private final Sinks.Many<Map<AddressFamily, FamilyUse>> uses =
            Sinks.many().replay().latest();

    // The rest is confined to the tasks of the store.
    private final PoolState state;
    private boolean storeFailed;
    private boolean closed;

    /**
     * An operation that waits for the store.
     *
     * @param task decides about it in memory
     * @param alone whether it runs by itself, not in a group: it opens or closes the store
     * @param sink gets its result
     */
    private record Operation<T>(Supplier<? extends @Nullable T> task, boolean alone, MonoSink<T> sink) {}

    private PrefixPool(PrefixStore store, PoolConfig config, InstantSource clock, Scheduler signals) {
        this.store = Objects.requireNonNull(store, "store");
        this.config = Objects.requireNonNull(config, "config");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.signals = Objects.requireNonNull(signals, "signals");
        this.state = new PoolState(config);
    }

    /**
     * Opens the pool that a store contains; a new store has an empty pool. Offers that had not ended are in doubt from
     * now on, and acquisitions that had not ended are not confirmed.
     *
     * @param store the store, which {@link #closeAsync} closes; it is closed, too, if it cannot be opened
     * @param config the settings
     * @param clock the time for the log and the forecast
     * @param signals the scheduler on which signals are emitted: {@code grasp.scheduler()}
     * @return the pool; {@link StoreException} if the store cannot be read
     */
    public static Mono<PrefixPool> open(PrefixStore store, PoolConfig config, InstantSource clock, Scheduler signals) {
        return Mono.defer(() -> {
            PrefixPool pool = new PrefixPool(store, config, clock, signals);
            return pool.submit(pool::start, true)
                    .doOnDiscard(
                            PrefixPool.class,
                            discarded -> discarded.closeAsync().subscribe());
        });
    }

    /**
     * Adds a prefix that the operator gives to this node. Does nothing if it was given before, alone or as part of a
     * larger one, so the same configuration may be applied at each start. Seeds that are part of it become one with it.
     *
     * @param prefix the prefix
     * @return completes when it is in the pool; {@link Reason#OVERLAP} if it overlaps another prefix of the node,
     *     {@link Reason#NOT_ASSIGNABLE}
     */
    public Mono<Void> seed(Prefix prefix) {
        Objects.requireNonNull(prefix, "prefix");
        return change(now -> state.seed(prefix, now));
    }

    /**
     * Takes a prefix away that the operator gave to this node.
     *
     * @param prefix the prefix, as it was given
     * @return completes when it is not in the pool; {@link Reason#NOT_FOUND}, {@link Reason#IN_USE} if not all of it is
     *     free
     */
    public Mono<Void> withdraw(Prefix prefix) {
        Objects.requireNonNull(prefix, "prefix");
        return change(now -> state.withdraw(prefix, now));
    }

    /**
     * Reserves a prefix for a peer: one of the length that it wants, or the largest one available if there is none of
     * that length or the peer's limit does not permit it.
     *
     * @param peer the name of the peer: its identity or address, by which the limits count
     * @param family the version of IP
     * @param wanted the length that the peer wants
     * @param longest the length of the smallest prefix to offer instead; {@code wanted} for no other one
     * @param kept the number of addresses of this family that stay free, for this node's own use
     * @return the offer; {@link Reason#EXHAUSTED}, {@link Reason#LENGTH_OUT_OF_RANGE}, {@link Reason#PEER_LIMIT},
     *     {@link Reason#BUSY}
     */
    public Mono<Offer> offer(String peer, AddressFamily family, int wanted, int longest, BigInteger kept) {
        requireParty(peer);
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(kept, "kept");
        return perform(() -> new Offer(this, state.offer(peer, family, wanted, longest, kept, clock.instant())))
                .doOnDiscard(Offer.class, offer -> endUnattended(offer.undo()));
    }

    /**
     * Records that this node is about to accept a prefix that a peer offers. It may be one, or a part of one, that was
     * delegated to the same peer before, or is in doubt: that is returned when the acquisition is complete.
     *
     * @param peer the name of the peer
     * @param prefix the prefix
     * @return the acquisition, with which the offer may be accepted; {@link Reason#OVERLAP} if the prefix overlaps one
     *     of this node's, or one that was given to another peer, {@link Reason#NOT_ASSIGNABLE}, {@link Reason#BUSY}
     */
    public Mono<Acquisition> acquire(String peer, Prefix prefix) {
        requireParty(peer);
        Objects.requireNonNull(prefix, "prefix");
        return perform(() -> new Acquisition(this, state.acquire(peer, prefix, clock.instant())))
                .doOnDiscard(Acquisition.class, taken -> endUnattended(taken.abandon()));
    }

    /**
     * Takes a prefix out of the pool for this node's own use.
     *
     * @param use the use, such as the name of an interface
     * @param family the version of IP
     * @param length the length
     * @return the prefix; {@link Reason#EXHAUSTED}, {@link Reason#BUSY}. A cancelled subscriber finds it in
     *     {@link #status}
     */
    public Mono<Prefix> assign(String use, AddressFamily family, int length) {
        requireParty(use);
        Objects.requireNonNull(family, "family");
        family.requireLength(length);
        return perform(() -> state.assign(use, family, length, clock.instant()).prefix());
    }

    /**
     * Puts a prefix that this node used itself back into the pool.
     *
     * @param assigned the prefix, as {@link #assign} returned it
     * @param use what it was used for; if it has been released meanwhile, another use may have it
     * @return completes when it is free; {@link Reason#NOT_FOUND} if this use does not have it
     */
    public Mono<Void> release(Prefix assigned, String use) {
        Objects.requireNonNull(assigned, "assigned");
        requireParty(use);
        return change(now -> state.release(assigned, use, now));
    }

    /**
     * The operator knows that the peer does not have a doubtful prefix: it is put into the pool.
     *
     * @param doubtful a prefix that is {@link EntryState#IN_DOUBT} or {@link EntryState#UNCONFIRMED}
     * @return completes when it is free; {@link Reason#NOT_FOUND}, {@link Reason#OVERLAP} if part of it is in the pool
     *     already, since it came back another way
     */
    public Mono<Void> reclaim(Prefix doubtful) {
        Objects.requireNonNull(doubtful, "doubtful");
        return change(now -> state.reclaim(doubtful, now));
    }

    /**
     * The operator knows that the peer has a doubtful prefix: {@link EntryState#IN_DOUBT} becomes
     * {@link EntryState#DELEGATED}, and {@link EntryState#UNCONFIRMED} is forgotten.
     *
     * @param doubtful the prefix
     * @return completes when that is decided; {@link Reason#NOT_FOUND}
     */
    public Mono<Void> cede(Prefix doubtful) {
        Objects.requireNonNull(doubtful, "doubtful");
        return change(now -> state.cede(doubtful, now));
    }

    /**
     * The lengths of prefixes that peers may request, as configured.
     *
     * @param family the version of IP
     * @return the lengths
     */
    public LengthRange lengths(AddressFamily family) {
        return config.lengths(family);
    }

    /** {@return how the space is used, for meters: as of the last change, without waiting} */
    public Map<AddressFamily, FamilyUse> use() {
        return use;
    }

    /** {@return how the space is used now, and after each change, endlessly} */
    public Flux<Map<AddressFamily, FamilyUse>> uses() {
        return uses.asFlux().publishOn(signals);
    }

    /**
     * How the space of a version of IP is used, see {@link #use()}.
     *
     * @param family the version of IP
     * @return the use
     */
    public FamilyUse use(AddressFamily family) {
        return use.getOrDefault(family, FamilyUse.NONE);
    }

    /** {@return all that the pool knows, after the operations before} */
    public Mono<PoolStatus> status() {
        return perform(() -> state.status(clock.instant()));
    }

    /**
     * The log of assignments.
     *
     * @param after the number of the last record that the caller knows; 0 for all
     * @param most the greatest number of records
     * @return the records after that one, the oldest first
     */
    public Mono<List<LogRecord>> log(long after, int most) {
        return perform(() -> state.log(after, most));
    }

    /**
     * Closes the store after the operations before; later ones fail with {@link Reason#CLOSED}. Offers and acquisitions
     * under way are doubtful when the pool is opened again.
     *
     * @return completes when the store is closed
     */
    public Mono<Void> closeAsync() {
        return this.<Void>submit(
                        () -> {
                            closed = true;
                            store.close();
                            return null;
                        },
                        true)
                .onErrorComplete(
                        failure -> failure instanceof PoolException refused && refused.reason() == Reason.CLOSED);
    }

    Mono<Void> commit(long id) {
        return change(now -> state.commit(id, now));
    }

    Mono<Void> undo(long id) {
        return change(now -> state.undo(id, now));
    }

    Mono<Void> doubt(long id, String reason) {
        Objects.requireNonNull(reason, "reason");
        return change(now -> state.doubt(id, reason, now));
    }

    Mono<Void> complete(long id) {
        return change(now -> state.complete(id, now));
    }

    Mono<Void> abandon(long id) {
        return change(now -> state.abandon(id));
    }

    /** The first operation: reads the store, and decides what a crash has left open. */
    private PrefixPool start() {
        boolean opened = false;
        try {
            state.read(store.load());
            state.recover(clock.instant());
            commit();
            publishUse();
            opened = true;
            return this;
        } finally {
            if (!opened) {
                closed = true;
                store.close();
            }
        }
    }

    private Mono<Void> change(Consumer<Instant> decide) {
        return submit(
                () -> {
                    decide.accept(clock.instant());
                    return null;
                },
                false);
    }

    /** An operation that begins something, and is refused while too many wait. */
    private <T> Mono<T> perform(Supplier<T> task) {
        return Mono.defer(() -> pending.get() < config.maxPending()
                ? submit(task, false)
                : Mono.error(new PoolException(
                        Reason.BUSY,
                        "more than " + config.maxPending() + " operations wait for the store of prefixes")));
    }

    private <T> Mono<T> submit(Supplier<? extends @Nullable T> task, boolean alone) {
        return Mono.<T>create(sink -> {
                    Operation<T> operation = new Operation<>(task, alone, sink);
                    pending.incrementAndGet();
                    waiting.add(operation);
                    try {
                        store.execute(this::carryOutWaiting);
                    } catch (RejectedExecutionException e) {
                        if (waiting.remove(operation)) {
                            pending.decrementAndGet();
                            sink.error(closedFailure());
                        }
                    }
                })
                .publishOn(signals);
    }

    /** Ends what a cancelled caller did not get; if the store fails, after the next change that it takes. */
    private void endUnattended(Mono<Void> end) {
        end.subscribe(done -> {}, failure -> {
            if (failure instanceof StoreException) {
                unattended.add(end);
            }
        });
    }

    private void endUnattended() {
        List<Mono<Void>> ends = new ArrayList<>();
        for (Mono<Void> end = unattended.poll(); end != null; end = unattended.poll()) {
            ends.add(end);
        }
        ends.forEach(this::endUnattended);
    }

    /** All that wait are one group; the later tasks of the same operations find nothing. */
    private void carryOutWaiting() {
        List<Operation<?>> group = new ArrayList<>();
        for (Operation<?> next = waiting.poll(); next != null; next = waiting.poll()) {
            pending.decrementAndGet();
            if (next.alone()) {
                carryOut(group);
                carryOut(List.of(next));
                group.clear();
            } else {
                group.add(next);
            }
        }
        carryOut(group);
    }

    /**
     * Decides about each operation in memory, writes all changes at once, and only then gives the results. If the
     * changes cannot be written, each operation is carried out for itself, because others may have to be refused or
     * done now.
     */
    private void carryOut(List<Operation<?>> group) {
        List<Runnable> results = new ArrayList<>();
        group.forEach(operation -> results.add(decide(operation)));
        try {
            commit();
        } catch (Throwable failure) {
            state.rollBack(Savepoint.KEPT);
            if (group.size() == 1) {
                group.get(0).sink().error(failure);
            } else {
                group.forEach(operation -> carryOut(List.of(operation)));
            }
            return;
        }
        results.forEach(Runnable::run);
    }

    /** {@return what gives the result} A refusal takes back what the operation has changed, and nothing else. */
    private <T> Runnable decide(Operation<T> operation) {
        MonoSink<T> sink = operation.sink();
        if (closed) {
            return () -> sink.error(closedFailure());
        }
        Savepoint before = state.savepoint();
        try {
            @Nullable T result = operation.task().get();
            return () -> sink.success(result);
        } catch (Throwable failure) {
            state.rollBack(before);
            return () -> sink.error(failure);
        }
    }

    /** Writes the changes since the last call. If the store failed before, it is opened again. */
    private void commit() {
        StoreChange change = state.change();
        if (change.isEmpty()) {
            return;
        }
        if (storeFailed) {
            change = state.differenceFrom(store.load()); // also takes back what the failed write may have written
        }
        storeFailed = true;
        store.write(change);
        storeFailed = false;
        state.keep();
        publishUse();
        endUnattended();
    }

    private void publishUse() {
        use = state.use();
        uses.tryEmitNext(use);
    }

    private static PoolException closedFailure() {
        return new PoolException(Reason.CLOSED, "the pool of prefixes is closed");
    }

    private static void requireParty(String party) {
        if (party.isEmpty() || party.length() > MAX_PARTY_CHARS) {
            throw new IllegalArgumentException("a name of 1 to " + MAX_PARTY_CHARS + " characters is required");
        }
    }
}
