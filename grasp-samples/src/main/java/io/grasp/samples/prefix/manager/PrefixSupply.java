package io.grasp.samples.prefix.manager;

import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.FamilyUse;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.text.NodeAddress;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Gets prefixes from providers, one after the other for each version of IP, so that several waiting requesters do not
 * cause several requests for what one prefix can satisfy. An attempt goes on if those that wait for it do not. Confined
 * to the thread of the ASA's signals.
 */
final class PrefixSupply {
    private final AsaNode node;
    private final PrefixPool pool;
    private final PrefixRequester requester;
    private final KnownProviders providers;
    private final Map<AddressFamily, Attempts> attempts =
            Map.of(AddressFamily.IPV6, new Attempts(), AddressFamily.IPV4, new Attempts());

    /** The addresses of requesters that wait for this node: they cannot help it. */
    private final List<NodeAddress> waiting = new ArrayList<>();

    PrefixSupply(AsaNode node, PrefixPool pool, PrefixRequester requester, KnownProviders providers) {
        this.node = node;
        this.pool = pool;
        this.requester = requester;
        this.providers = providers;
    }

    /**
     * Gets prefixes for the pool, until there is enough or no provider assigns one.
     *
     * @param need what is needed
     * @param enough whether there is enough
     * @param obtained is run for each prefix that this obtains
     * @return whether there is enough now; fails if no provider can be looked for. Cancelling it does not end the
     *     attempt
     */
    Mono<Boolean> get(PrefixNeed need, BooleanSupplier enough, Runnable obtained) {
        return get(need, enough, obtained, false);
    }

    private Mono<Boolean> get(PrefixNeed need, BooleanSupplier enough, Runnable obtained, boolean onBehalf) {
        return Mono.create(sink -> attempts(need.family()).add(new Waiter(need, enough, obtained, onBehalf, sink)));
    }

    /**
     * Gets a prefix for a requester, as long as none is free that is large enough. The requester is not asked itself
     * while it waits, and neither are other nodes that got their prefixes from this one and have not helped lately: all
     * nodes below one that has nothing left would be asked for each request.
     *
     * @param kept the number of addresses that the requester does not get
     */
    Mono<Boolean> getFor(NodeAddress peer, PrefixNeed need, BigInteger kept) {
        return Mono.using(
                () -> {
                    waiting.add(peer);
                    return peer;
                },
                asking -> get(need, () -> isFree(need.family(), need.longest(), kept), () -> {}, true),
                waiting::remove);
    }

    /** {@return whether a prefix of a length, or a shorter one, is free besides a number of addresses} */
    boolean isFree(AddressFamily family, int length, BigInteger kept) {
        FamilyUse use = pool.use(family);
        BigInteger wanted = BigInteger.ONE.shiftLeft(family.bits() - length);
        return use.shortestFree().orElse(Integer.MAX_VALUE) <= length
                && use.addresses(EntryState.FREE).subtract(kept).compareTo(wanted) >= 0;
    }

    /** {@return whether a number of addresses are free} */
    boolean areFree(AddressFamily family, BigInteger count) {
        return pool.use(family).addresses(EntryState.FREE).compareTo(count) >= 0;
    }

    /** Ends the attempts in progress. */
    void stop() {
        attempts.values().forEach(Attempts::stop);
    }

    private Attempts attempts(AddressFamily family) {
        return Objects.requireNonNull(attempts.get(family));
    }

    private record Waiter(
            PrefixNeed need, BooleanSupplier enough, Runnable obtained, boolean onBehalf, MonoSink<Boolean> sink) {
        /** {@return whether this one needs as much or more, and asks no others} */
        boolean wouldGetTheAnswersOf(Waiter other) {
            return need.longest() <= other.need.longest() && (onBehalf || !other.onBehalf);
        }
    }

    /** The attempts for one version of IP. */
    private final class Attempts {
        private final Deque<Waiter> queue = new ArrayDeque<>();
        private @Nullable Disposable running;
        private boolean stopped;

        void add(Waiter waiter) {
            queue.add(waiter);
            next();
        }

        private void next() {
            while (running == null && !stopped) {
                Waiter first = queue.poll();
                if (first == null) {
                    return;
                }
                if (first.enough().getAsBoolean()) {
                    first.sink().success(true);
                } else {
                    begin(first);
                }
            }
        }

        private void begin(Waiter waiter) {
            boolean[] obtained = {false};
            Disposable.Swap attempt = Disposables.swap();
            running = attempt;
            Set<NodeAddress> excluded = new HashSet<>(waiting);
            if (waiter.onBehalf()) {
                excluded.addAll(providers.uselessRequesters(node.now()));
            }
            attempt.update(requester
                    .obtain(waiter.need(), excluded)
                    .subscribe(
                            prefix -> {
                                obtained[0] = true;
                                waiter.obtained().run();
                            },
                            failure -> ended(waiter, failure),
                            () -> ended(waiter, obtained[0])));
        }

        private void ended(Waiter waiter, boolean obtained) {
            running = null;
            if (obtained && !waiter.enough().getAsBoolean()) {
                queue.add(waiter);
            } else {
                waiter.sink().success(obtained);
            }
            if (!obtained) {
                queue.removeIf(other -> other.wouldGetTheAnswersOf(waiter) && succeed(other));
            }
            next();
        }

        private void ended(Waiter waiter, Throwable failure) {
            running = null;
            waiter.sink().error(failure);
            next();
        }

        private static boolean succeed(Waiter waiter) {
            waiter.sink().success(false);
            return true;
        }

        void stop() {
            stopped = true;
            if (running != null) {
                running.dispose();
            }
            queue.clear();
        }
    }
}
