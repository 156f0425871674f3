package io.grasp.samples.prefix.manager;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.ListenOptions;
import io.grasp.api.TypedAsa;
import io.grasp.model.GraspException;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixObjectives;
import io.grasp.samples.prefix.PrefixValue;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.FamilyUse;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.samples.prefix.pool.PoolException;
import io.grasp.samples.prefix.pool.PoolStatus;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.StoreException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A prefix manager (RFC 8992): an ASA that assigns prefixes from its pool, requests prefixes for it, announces or
 * follows the parameters of the domain, and delegates prefixes to the interfaces of its node.
 *
 * <p>An offer is on stable storage before it is sent, and a prefix before it is accepted. So a prefix is never given to
 * two nodes, whatever fails; a prefix whose assignment is not known to both sides is in doubt, and is used again only
 * if an operator reclaims it.
 *
 * <p>A manager runs once. Its methods may be called on any thread; events and signals come on the thread of the ASA's
 * signals.
 */
public final class PrefixManager {
    /** The name of the ASA. */
    public static final String NAME = "PrefixManager";

    private final AsaNode node;
    private final PrefixManagerConfig config;
    private final PrefixPool pool;
    private final Uses uses;
    private final Retries retries;
    private final PrefixEvent.Listener listener;
    private final ParamsExchange params;
    private final Sinks.Empty<Void> draining = Sinks.empty();

    private final KnownProviders providers;
    private final StoreRetry store;
    private @Nullable PrefixProvider provider;

    /**
     * What the node uses itself.
     *
     * @param delegated the interfaces that get a prefix each; the same interface may be listed for both versions of IP
     * @param hook puts delegations into effect; it is called again after a failure, and when the manager starts. With a
     *     hook, all that is {@link EntryState#ASSIGNED} but not needed for these interfaces is removed by it when the
     *     manager starts, and then released. Without one, the operator releases it
     */
    public record Uses(List<Use> delegated, Optional<Hook> hook) {
        /** No interface gets a prefix. */
        public static final Uses NONE = new Uses(List.of(), Optional.empty());

        /** Checks and copies the components, without repeated interfaces. */
        public Uses {
            delegated = delegated.stream().distinct().toList();
            Objects.requireNonNull(hook, "hook");
        }

        /** {@return the prefix that each interface has already, if any} */
        private Map<Use, Prefix> assigned(PoolStatus status, ToIntFunction<AddressFamily> lengths) {
            Map<Use, Prefix> assigned = new HashMap<>();
            for (PoolEntry entry : status.entries(EntryState.ASSIGNED)) {
                Use use = new Use(entry.party(), entry.prefix().family());
                if (delegated.contains(use) && entry.prefix().length() == lengths.applyAsInt(use.family())) {
                    assigned.putIfAbsent(use, entry.prefix());
                }
            }
            return assigned;
        }
    }

    /**
     * An interface that gets a prefix.
     *
     * @param name the name of the interface
     * @param family the version of IP
     */
    public record Use(String name, AddressFamily family) {}

    /**
     * Puts delegations into effect. Its methods are called on the thread of the ASA's signals, must not block, and are
     * idempotent.
     */
    public interface Hook {
        /**
         * Puts a delegation into effect.
         *
         * @param delegation the prefix and the interface
         * @return completes when it is in effect
         */
        Mono<Void> apply(Delegation delegation);

        /**
         * Ends the effect of a delegation, for example because the interface is no longer configured.
         *
         * @param delegation the prefix and the interface, which may not exist any longer
         * @return completes when it is not in effect: then the prefix is released, and may be given to another node
         */
        Mono<Void> remove(Delegation delegation);
    }

    /**
     * @param node the node
     * @param config the settings
     * @param pool the node's prefixes, whose signals are emitted on the node's scheduler. The caller closes it
     * @param uses what the node uses itself
     * @param random for pauses
     * @param listener receives the events
     */
    public PrefixManager(
            AsaNode node,
            PrefixManagerConfig config,
            PrefixPool pool,
            Uses uses,
            RandomGenerator random,
            PrefixEvent.Listener listener) {
        this.node = node;
        this.config = config;
        this.pool = pool;
        this.uses = uses;
        this.listener = listener;
        this.providers = new KnownProviders(config.times.longestPause());
        this.retries = new Retries(config.times.pauses(), random, node.scheduler());
        this.store = new StoreRetry(retries, listener);
        this.params = new ParamsExchange(config, pool.lengths(AddressFamily.IPV6), retries, listener);
    }

    /**
     * Runs the manager as an ASA of a node.
     *
     * @param grasp the node
     * @param ready is run on the thread of the ASA's signals when the ASA is registered
     * @return fails if the ASA cannot be registered, or the node is closed. Cancelling it stops the manager: offers in
     *     progress are in doubt
     */
    public Mono<Void> run(Grasp grasp, Runnable ready) {
        return Mono.usingWhen(
                grasp.registerAsa(NAME),
                asa -> run(asa, ready),
                asa -> asa.deregister().onErrorResume(GraspException.class, gone -> Mono.empty()));
    }

    /**
     * Runs the manager.
     *
     * @param asa the handle with which it negotiates
     * @param ready is run on the thread of the ASA's signals when the objectives are registered
     * @return fails if an objective cannot be registered, or the node is closed. Cancelling it stops the manager:
     *     offers in progress are in doubt
     */
    public Mono<Void> run(Asa asa, Runnable ready) {
        return asa.typed(PrefixObjectives.PREFIX_MANAGER.withLoopCount(config.loopCount))
                .register()
                .flatMap(registered -> {
                    PrefixRequester asking = new PrefixRequester(node, asa, config, pool, providers, store, listener);
                    PrefixSupply supplying = new PrefixSupply(node, pool, asking, providers);
                    PrefixProvider providing = new PrefixProvider(
                            node, config, pool, supplying, this::lengthOfRequests, providers, store, listener);
                    provider = providing;
                    List<Mono<Void>> activities = new ArrayList<>();
                    activities.add(params.run(node, asa));
                    activities.add(listen(registered, providing));
                    activities.add(declineTagged(asa, providing));
                    if (config.role != ManagerRole.ORIGIN) {
                        config.needs
                                .values()
                                .forEach(needs -> activities.add(params.tried()
                                        .then(keepReserve(supplying, needs))
                                        .takeUntilOther(draining.asMono())));
                    }
                    uses.delegated()
                            .forEach(use -> activities.add(params.tried().then(delegate(supplying, use))));
                    uses.hook().ifPresent(hook -> activities.add(releaseUnneeded(hook)));
                    ready.run();
                    return Mono.when(activities).doFinally(end -> supplying.stop());
                });
    }

    /** Requests nothing more for the reserve, because the manager will be stopped; what it has requested may come. */
    public void drain() {
        draining.tryEmitEmpty();
    }

    /** Listens while there is something to assign: a node without prefixes would only decline. */
    private Mono<Void> listen(TypedAsa<PrefixValue> asa, PrefixProvider providing) {
        if (config.role == ManagerRole.REQUESTING) {
            return Mono.empty();
        }
        return pool.uses()
                .filter(use -> config.role == ManagerRole.ORIGIN || hasPrefixes(use))
                .next()
                .flatMap(first -> asa.listenNegotiate(
                        providing::serve, ListenOptions.DEFAULTS.withConcurrency(config.concurrency)));
    }

    /** Declines the requests of graspy's pfxm4, which are for an objective of their own. */
    private Mono<Void> declineTagged(Asa asa, PrefixProvider providing) {
        if (config.role == ManagerRole.REQUESTING) {
            return Mono.empty();
        }
        return asa.register(PrefixObjectives.TAGGED)
                .then(Mono.defer(() -> asa.listenNegotiate(
                        PrefixObjectives.TAGGED,
                        providing::declineTagged,
                        ListenOptions.DEFAULTS.withConcurrency(config.concurrency))));
    }

    private static boolean hasPrefixes(Map<AddressFamily, FamilyUse> use) {
        return use.values().stream()
                .anyMatch(family -> family.prefixes().entrySet().stream()
                        .anyMatch(each -> each.getKey() != EntryState.UNCONFIRMED && each.getValue() > 0));
    }

    /** {@return the length of the prefixes that are requested: that of the operator, or that of the device's role} */
    private int lengthOfRequests(AddressFamily family) {
        FamilyNeeds needs = config.needs(family);
        return needs.length()
                .orElseGet(() -> family == AddressFamily.IPV6
                        ? params.length().orElse(Math.max(0, needs.subnetLength() - PrefixManagerConfig.SUBNET_BITS))
                        : needs.subnetLength());
    }

    private PrefixNeed need(AddressFamily family, int longest) {
        return new PrefixNeed(family, Math.min(lengthOfRequests(family), longest), longest, config.loopCount);
    }

    /** Requests prefixes as long as fewer subnets are free than the reserve, with growing pauses after failures. */
    private Mono<Void> keepReserve(PrefixSupply supplying, FamilyNeeds needs) {
        if (needs.reserve() == 0) {
            return Mono.empty();
        }
        AtomicLong failures = new AtomicLong();
        return pool.uses()
                .filter(use -> !hasReserve(supplying, needs))
                .next()
                .flatMap(low -> supplying
                        .get(
                                need(needs.family(), needs.longest()),
                                () -> hasReserve(supplying, needs),
                                () -> failures.set(0))
                        .onErrorResume(PrefixManager::isTemporary, failure -> Mono.just(false)))
                .flatMap(enough -> {
                    if (enough) {
                        failures.set(0);
                        return Mono.empty();
                    }
                    return Mono.delay(retries.pause(failures.incrementAndGet()), node.scheduler());
                })
                .repeat()
                .then();
    }

    private static boolean hasReserve(PrefixSupply supplying, FamilyNeeds needs) {
        return supplying.areFree(needs.family(), needs.reservedAddresses());
    }

    private static boolean isTemporary(Throwable failure) {
        return failure instanceof GraspException
                || failure instanceof PoolException
                || failure instanceof StoreException;
    }

    /** Delegates a prefix to an interface, and puts it into effect, with growing pauses after failures. */
    private Mono<Void> delegate(PrefixSupply supplying, Use use) {
        return Mono.defer(() -> assigned(supplying, use))
                .retryWhen(retries.when(PrefixManager::isTemporary))
                .map(prefix -> new Delegation(use.name(), prefix))
                .doOnNext(delegation -> listener.event(new PrefixEvent.Delegated(delegation)))
                .flatMap(delegation ->
                        uses.hook().map(hook -> called(hook::apply, delegation)).orElse(Mono.empty()));
    }

    private Mono<Void> called(Function<Delegation, Mono<Void>> hook, Delegation delegation) {
        return Mono.defer(() -> hook.apply(delegation))
                .publishOn(node.scheduler())
                .doOnError(failure ->
                        listener.event(new PrefixEvent.HookFailed(delegation, String.valueOf(failure.getMessage()))))
                .retryWhen(retries.when(failure -> true));
    }

    /** Releases what interfaces have that are no longer listed, or that have prefixes of another length now. */
    private Mono<Void> releaseUnneeded(Hook hook) {
        return pool.status()
                .retryWhen(retries.when(PrefixManager::isTemporary))
                .flatMapMany(status -> {
                    Collection<Prefix> needed =
                            uses.assigned(status, this::subnetLength).values();
                    return Flux.fromIterable(status.entries(EntryState.ASSIGNED))
                            .filter(entry -> !needed.contains(entry.prefix()));
                })
                .map(entry -> new Delegation(entry.party(), entry.prefix()))
                .flatMap(delegation -> called(hook::remove, delegation)
                        .then(store.written(pool.release(delegation.prefix(), delegation.name())))
                        .then(Mono.<Void>fromRunnable(() -> listener.event(new PrefixEvent.Released(delegation))))
                        // An operator has released it meanwhile.
                        .onErrorComplete(PoolException.class))
                .then();
    }

    /**
     * Puts a prefix that an interface had, or another use of this node, back into the pool. The hook is not called.
     *
     * @param assigned the prefix
     * @return completes when it is free; {@link PoolException.Reason#IN_USE} if it is for an interface of this manager,
     *     {@link PoolException.Reason#NOT_FOUND}
     */
    public Mono<Void> release(Prefix assigned) {
        return pool.status()
                .flatMap(status -> uses.assigned(status, this::subnetLength).entrySet().stream()
                        .filter(each -> each.getValue().equals(assigned))
                        .findFirst()
                        .map(each -> Mono.<Void>error(new PoolException(
                                PoolException.Reason.IN_USE,
                                assigned + " is delegated to the interface "
                                        + each.getKey().name())))
                        .orElseGet(() -> status.entries(EntryState.ASSIGNED).stream()
                                .filter(entry -> entry.prefix().equals(assigned))
                                .findFirst()
                                .map(entry -> pool.release(assigned, entry.party()))
                                .orElseGet(() -> Mono.error(new PoolException(
                                        PoolException.Reason.NOT_FOUND, assigned + " is not assigned")))));
    }

    private int subnetLength(AddressFamily family) {
        return config.needs(family).subnetLength();
    }

    /** {@return the prefix that an interface has, from now on or since an earlier run} */
    private Mono<Prefix> assigned(PrefixSupply supplying, Use use) {
        int length = subnetLength(use.family());
        return pool.status()
                .flatMap(status -> Mono.justOrEmpty(
                        uses.assigned(status, this::subnetLength).get(use)))
                .switchIfEmpty(Mono.defer(() -> isFree(supplying, use)
                                ? Mono.just(true)
                                : supplying.get(need(use.family(), length), () -> isFree(supplying, use), () -> {}))
                        .then(store.reported(pool.assign(use.name(), use.family(), length))));
    }

    private boolean isFree(PrefixSupply supplying, Use use) {
        return supplying.isFree(use.family(), subnetLength(use.family()), BigInteger.ZERO);
    }

    /** {@return the node's prefixes} */
    public PrefixPool pool() {
        return pool;
    }

    /** {@return the state of the manager and of its pool} */
    public Mono<PrefixManagerStatus> status() {
        return pool.status().map(now -> {
            Map<AddressFamily, Integer> lengths = new EnumMap<>(AddressFamily.class);
            config.needs.keySet().forEach(family -> lengths.put(family, lengthOfRequests(family)));
            return new PrefixManagerStatus(
                    config.role,
                    params.announced(),
                    params.source(),
                    lengths,
                    providers.remembered(),
                    provider == null ? 0 : provider.negotiations(),
                    now);
        });
    }
}
