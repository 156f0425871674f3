package io.grasp.samples.prefix.manager;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import io.grasp.host.Parameter;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixObjectives;
import io.grasp.samples.prefix.pool.PeerLimits;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.FileStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A prefix manager as an ASA of a host, with its pool in the ASA's storage. Two versions cannot use one pool, so a new
 * version starts when the old one has ended.
 */
public final class HostedPrefixManager implements HostedAsa {
    /** Not that of the objective: the host's policy for it would have the name of PrefixManager.Params. */
    private static final String NAME = "prefix-manager";

    private static final Parameter<String> ROLE = Parameter.text(
                    "role",
                    word(ManagerRole.DELEGATING),
                    HostedPrefixManager::isRole,
                    "origin, delegating or requesting")
            .withDescription("What the manager does; used from the next start on")
            .withOperatorOnly();

    private static final Parameter<String> POOL = Parameter.text(
                    "pool", "", HostedPrefixManager::arePrefixes, "prefixes with spaces between them")
            .withDescription("The prefixes of an origin's pool; added at each start, and not removed")
            .withOperatorOnly();

    private static final Parameter<Long> SUBNET_LENGTH = Parameter.number(
                    "subnet-length", FamilyNeeds.IPV6.subnetLength(), 1, AddressFamily.IPV6.bits())
            .withDescription("The length of the smallest IPv6 prefixes; used from the next start on")
            .withOperatorOnly();

    /** Confined to the thread of the ASA; closed when the ASA has ended, so that the next one can open the file. */
    private @Nullable PrefixPool pool;

    private @Nullable PrefixManager manager;
    private final Consumer<Optional<PrefixManager>> operator;
    private final PrefixEvent.Listener events;

    /** Created by a host. */
    public HostedPrefixManager() {
        this(manager -> {}, event -> {});
    }

    /**
     * A manager that the program operates in which the host runs. Both are called on the thread of the ASA.
     *
     * @param operator receives the manager when it starts, and nothing when it has ended
     * @param events receives what it reports
     */
    public HostedPrefixManager(Consumer<Optional<PrefixManager>> operator, PrefixEvent.Listener events) {
        this.operator = operator;
        this.events = events;
    }

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of(NAME, "1.0")
                .withDescription("Obtains and assigns prefixes by RFC 8992")
                .withObjectives(
                        PrefixObjectives.PREFIX_MANAGER.name(),
                        PrefixObjectives.PREFIX_MANAGER_PARAMS.name(),
                        PrefixObjectives.TAGGED.name())
                .withParameters(ROLE, POOL, SUBNET_LENGTH)
                .withExclusive(true);
    }

    @Override
    public Mono<Void> start(HostContext context) {
        PrefixManagerConfig initial = PrefixManagerConfig.of(role(context.parameter(ROLE)));
        PrefixManagerConfig config = initial.withNeeds(initial.needs(AddressFamily.IPV6)
                .withSubnetLength(context.parameter(SUBNET_LENGTH).intValue()));
        List<Prefix> seeds = config.role() == ManagerRole.ORIGIN ? prefixes(context.parameter(POOL)) : List.of();
        PeerLimits limits = config.sharing();
        PoolConfig poolConfig = PoolConfig.DEFAULTS.withPeerLimits(peer -> limits);
        FileStore store = new FileStore(context.storage().resolve("pool.db"));
        return PrefixPool.open(store, poolConfig, InstantSource.system(), context.scheduler())
                .doOnNext(opened -> pool = opened)
                .flatMap(opened ->
                        Flux.fromIterable(seeds).concatMap(opened::seed).then(begin(context, config, opened)));
    }

    private Mono<Void> begin(HostContext context, PrefixManagerConfig config, PrefixPool opened) {
        PrefixManager started = manager(context, config, opened);
        manager = started;
        operator.accept(Optional.of(started));
        return started.run(context.asa(), context::ready);
    }

    @Override
    public Mono<Void> drain() {
        PrefixManager started = manager;
        return started == null ? Mono.empty() : Mono.fromRunnable(started::drain);
    }

    @Override
    public Mono<Void> stop() {
        operator.accept(Optional.empty());
        PrefixPool opened = pool;
        return opened == null ? Mono.empty() : opened.closeAsync();
    }

    private PrefixManager manager(HostContext context, PrefixManagerConfig config, PrefixPool pool) {
        return new PrefixManager(AsaNode.of(context), config, pool, PrefixManager.Uses.NONE, new Random(), event -> {
            events.event(event);
            context.report(event.describe());
        });
    }

    private static String word(ManagerRole role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static boolean isRole(String word) {
        return Stream.of(ManagerRole.values()).anyMatch(role -> word(role).equals(word));
    }

    private static ManagerRole role(String word) {
        return ManagerRole.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static boolean arePrefixes(String text) {
        try {
            prefixes(text);
            return true;
        } catch (IllegalArgumentException notAPrefix) {
            return false;
        }
    }

    private static List<Prefix> prefixes(String text) {
        return Stream.of(text.split(" "))
                .filter(each -> !each.isEmpty())
                .map(Prefix::parse)
                .toList();
    }
}
