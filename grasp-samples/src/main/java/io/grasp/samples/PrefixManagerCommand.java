package io.grasp.samples;

import static io.grasp.samples.prefix.manager.DelegationHook.Action.ADD;
import static io.grasp.samples.prefix.manager.DelegationHook.Action.REMOVE;

import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.LineLimit;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixForm;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.manager.Delegation;
import io.grasp.samples.prefix.manager.DelegationHook;
import io.grasp.samples.prefix.manager.FamilyNeeds;
import io.grasp.samples.prefix.manager.ManagerRole;
import io.grasp.samples.prefix.manager.ManagerTimes;
import io.grasp.samples.prefix.manager.PrefixEvent;
import io.grasp.samples.prefix.manager.PrefixManager;
import io.grasp.samples.prefix.manager.PrefixManagerConfig;
import io.grasp.samples.prefix.manager.PrefixMeters;
import io.grasp.samples.prefix.pool.PeerLimits;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.FileStore;
import io.grasp.samples.text.Documents;
import io.grasp.samples.text.Output;
import io.grasp.util.PrintableText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs a prefix manager. */
@Command(
        name = "prefix-manager",
        description = {
            "Manages prefixes by RFC 8992, until it is stopped: an origin assigns prefixes from its pool and announces"
                    + " the parameters of the domain; a delegating manager requests prefixes, and assigns parts of"
                    + " them; a requesting one needs them only for its interfaces.",
            "In a minute it prints up to 200 events that other nodes cause: 10 for each requester, and 10 each about"
                    + " parameters, requests that failed, and changes that were not stored. The number of the others is"
                    + " printed later.",
            "'grasp prefixes' shows the pool, and decides about prefixes in doubt (" + Documents.DIRECTORY
                    + "docs/prefix-management.md)."
        })
final class PrefixManagerCommand implements Callable<Integer> {
    private static final Duration HOOK_TIME = Duration.ofSeconds(30);

    private static final int MAX_LINES_OF_PEER = 10;
    private static final int MAX_LINES = 200;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Option(
            names = "--state",
            required = true,
            paramLabel = "FILE",
            description = "Keep the pool in this file, an SQLite database. It is created if it does not exist.")
    private Path state = Path.of("");

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "origin, delegating or requesting. Default: origin with --pool, otherwise delegating.")
    private @Nullable String role;

    @Option(
            names = "--pool",
            paramLabel = "PREFIX",
            description = "A prefix of the origin's pool, such as 2001:db8::/32 or 10.0.0.0/8; may be repeated. It is"
                    + " added once; a longer one may become part of a shorter one. 'grasp prefixes withdraw' removes"
                    + " it.")
    private List<String> pool = List.of();

    @Option(
            names = "--device-role",
            paramLabel = "NAME",
            description = "The role of this device in PrefixManager.Params, such as CSG, which determines the length of"
                    + " its requests.")
    private @Nullable String deviceRole;

    @Option(
            names = "--params",
            paramLabel = "NAME=LENGTH",
            description = "The length of requests of a role; may be repeated. An origin announces it; another node uses"
                    + " it instead of the announced one. Default: RSG=34, ASG=44, CSG=56.")
    private Map<String, Integer> params = Map.of();

    @Option(
            names = "--length",
            paramLabel = "N",
            description = "The length of IPv6 prefixes to request. Default: that of the device's role, or 8 less than"
                    + " --subnet-length.")
    private @Nullable Integer length;

    @Option(
            names = "--subnet-length",
            paramLabel = "N",
            description = "The length of IPv6 prefixes for interfaces, and of the smallest prefix that is accepted."
                    + " Default: ${DEFAULT-VALUE}.")
    private int subnetLength = FamilyNeeds.IPV6.subnetLength();

    @Option(
            names = "--reserve",
            paramLabel = "N",
            description =
                    "Request more when fewer than N subnets are free, and assign none of these to others. Default:"
                            + " 1 for a delegating manager, otherwise 0.")
    private @Nullable Integer reserve;

    @Option(names = "--ipv4", description = "Request IPv4 prefixes, too.")
    private boolean ipv4;

    @Option(
            names = "--ipv4-length",
            paramLabel = "N",
            description = "The length of IPv4 prefixes to request, with --ipv4. Default: 20.")
    private @Nullable Integer ipv4Length;

    @Option(
            names = "--ipv4-subnet-length",
            paramLabel = "N",
            description = "The length of IPv4 prefixes for interfaces, with --ipv4. Default: 26.")
    private @Nullable Integer ipv4SubnetLength;

    @Option(
            names = "--base-form",
            description = "Request IPv6 prefixes in the base form (RFC 8992 section 5.1), for providers that only know"
                    + " that one.")
    private boolean baseForm;

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description =
                    "Delegate an IPv6 subnet to this interface, and an IPv4 one with --ipv4; may be repeated. With"
                            + " --run-hook, what interfaces have that are no longer listed is removed, and then"
                            + " released.")
    private List<String> interfaces = List.of();

    @Option(
            names = "--hook",
            paramLabel = "FILE",
            description = "The program that puts a delegated subnet into effect, and ends that. Its environment has"
                    + " GRASP_ACTION (add or remove), GRASP_INTERFACE, GRASP_PREFIX, GRASP_PREFIX_LENGTH and"
                    + " GRASP_ADDRESS. Without --run-hook, the call is only printed.")
    private @Nullable Path hook;

    @Option(names = "--run-hook", description = "Run the program of --hook.")
    private boolean runHook;

    @Option(
            names = "--peer-prefixes",
            paramLabel = "N",
            description = "The maximum number of prefixes that one peer has, including those in doubt."
                    + " Default: ${DEFAULT-VALUE}.")
    private int peerPrefixes = PeerLimits.DEFAULTS.maxPrefixes();

    @Option(
            names = "--peer-share",
            paramLabel = "LENGTH",
            description = "The maximum IPv6 space that one peer has, as the length of one prefix of that size; 0 for no"
                    + " limit. Default: a quarter of the --pool prefixes, at least one subnet.")
    private @Nullable Integer peerShare;

    @Option(names = "--ipv4-peer-share", paramLabel = "LENGTH", description = "The same for IPv4.")
    private @Nullable Integer ipv4PeerShare;

    @Option(
            names = "--flood-every",
            paramLabel = "MS",
            description = "Milliseconds between two floods of the parameters by an origin. Default: ${DEFAULT-VALUE}.")
    private long floodEvery = ManagerTimes.DEFAULTS.floodPeriod().toMillis();

    @Option(
            names = "--ttl",
            paramLabel = "MS",
            description = "Milliseconds for which a flood is valid. Default: ${DEFAULT-VALUE}.")
    private long ttl = ManagerTimes.DEFAULTS.floodTtl().toMillis();

    @Option(names = "--loop-count", paramLabel = "N", description = NetworkOptions.LOOP_COUNT_OF_NEGOTIATION)
    private @Nullable Integer loopCount;

    PrefixManagerCommand() {}

    @Override
    public Integer call() {
        PrefixManagerConfig config = checked(this::config);
        PoolConfig poolConfig = checked(() -> poolConfig(config));
        List<Prefix> seeds = checked(() -> pool.stream().map(Prefix::parse).toList());
        if (hook != null) {
            requireExecutable(hook);
        } else if (runHook) {
            throw network.wrong("--run-hook needs --hook");
        }
        if (!pool.isEmpty() && config.role() != ManagerRole.ORIGIN) {
            throw network.wrong("--pool is for an origin");
        }
        if (deviceRole != null
                && PrefixParams.DEFAULTS
                        .overriddenBy(new PrefixParams(params))
                        .lengthFor(deviceRole)
                        .isEmpty()) {
            network.warn("the device role " + PrintableText.of(deviceRole) + " is neither built in nor set by --params;"
                    + " until an origin announces its length, requests are 8 bits shorter than --subnet-length");
        }
        Output output = network.output();
        PrefixMeters meters = new PrefixMeters();
        LineLimit lines = new LineLimit(System::nanoTime, MAX_LINES_OF_PEER, MAX_LINES);
        network.withMeters(meters);
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> Mono.usingWhen(
                    PrefixPool.open(new FileStore(state), poolConfig, InstantSource.system(), grasp.scheduler()),
                    opened -> {
                        meters.watch(Optional.of(opened));
                        PrefixManager manager = new PrefixManager(
                                AsaNode.of(grasp), config, opened, uses(output), new Random(), event -> {
                                    meters.event(event);
                                    if (permitted(event, lines, count -> omitted(output, count))) {
                                        print(output, event);
                                    }
                                });
                        served.prefixes(Optional.of(manager));
                        return Flux.fromIterable(seeds)
                                .concatMap(opened::seed)
                                .then(manager.run(grasp, () -> ready(output, config)));
                    },
                    PrefixPool::closeAsync)));
            return 0;
        });
    }

    private void requireExecutable(Path program) {
        String wrong = !Files.exists(program)
                ? "does not exist"
                : !Files.isRegularFile(program)
                        ? "is not a file"
                        : Files.isExecutable(program) ? "" : "is not executable";
        if (!wrong.isEmpty()) {
            throw network.wrong("--hook " + PrintableText.of(program.toString()) + " " + wrong);
        }
    }

    private <T> T checked(Supplier<T> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            throw network.wrong(String.valueOf(e.getMessage()));
        }
    }

    private PrefixManagerConfig config() {
        ManagerRole chosen = role();
        PrefixManagerConfig config = PrefixManagerConfig.of(chosen);
        FamilyNeeds ipv6 = config.needs(AddressFamily.IPV6).withSubnetLength(subnetLength);
        if (length != null) {
            if (length > subnetLength) {
                throw network.wrong("--length must not be greater than --subnet-length");
            }
            ipv6 = ipv6.withLength(length);
        }
        if (reserve != null) {
            ipv6 = ipv6.withReserve(reserve);
        }
        config = config.withNeeds(ipv6);
        if (ipv4) {
            config = config.withNeeds(ipv4Needs().withReserve(ipv6.reserve()));
        } else if (ipv4Length != null || ipv4SubnetLength != null) {
            throw network.wrong((ipv4Length != null ? "--ipv4-length" : "--ipv4-subnet-length") + " needs --ipv4");
        }
        if (deviceRole != null) {
            config = config.withDeviceRole(deviceRole);
        }
        if (loopCount != null) {
            config = config.withLoopCount(loopCount);
        }
        Duration period = network.millis("--flood-every", floodEvery, 1);
        Duration validity = network.millis("--ttl", ttl, 1);
        if (validity.compareTo(period) < 0) {
            throw network.wrong("--ttl must not be less than --flood-every");
        }
        return config.withParams(new PrefixParams(params))
                .withForm(baseForm ? PrefixForm.BASE : PrefixForm.EXTENDED)
                .withTimes(config.times().withFloods(period, validity));
    }

    private FamilyNeeds ipv4Needs() {
        int requested =
                ipv4Length != null ? ipv4Length : FamilyNeeds.IPV4.length().orElseThrow();
        int subnet = ipv4SubnetLength != null ? ipv4SubnetLength : FamilyNeeds.IPV4.subnetLength();
        if (requested > subnet) {
            throw network.wrong("--ipv4-length must not be greater than --ipv4-subnet-length");
        }
        return FamilyNeeds.IPV4.withSubnetLength(subnet).withLength(requested);
    }

    private ManagerRole role() {
        if (role == null) {
            return pool.isEmpty() ? ManagerRole.DELEGATING : ManagerRole.ORIGIN;
        }
        for (ManagerRole each : ManagerRole.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(role)) {
                return each;
            }
        }
        throw network.wrong("--role must be origin, delegating or requesting");
    }

    private PoolConfig poolConfig(PrefixManagerConfig config) {
        if (peerPrefixes < 0) {
            throw network.wrong("--peer-prefixes must be at least 0");
        }
        PeerLimits limits = config.sharing().withMaxPrefixes(peerPrefixes);
        if (peerShare != null) {
            limits = limits.withShare(AddressFamily.IPV6, peerShare);
        }
        if (ipv4PeerShare != null) {
            limits = limits.withShare(AddressFamily.IPV4, ipv4PeerShare);
        }
        PeerLimits ofEach = limits;
        return PoolConfig.DEFAULTS.withPeerLimits(peer -> ofEach);
    }

    private PrefixManager.Uses uses(Output output) {
        List<PrefixManager.Use> uses = new ArrayList<>();
        for (String name : interfaces) {
            uses.add(new PrefixManager.Use(name, AddressFamily.IPV6));
            if (ipv4) {
                uses.add(new PrefixManager.Use(name, AddressFamily.IPV4));
            }
        }
        if (hook == null) {
            return new PrefixManager.Uses(uses, Optional.empty());
        }
        DelegationHook program = new DelegationHook(hook, HOOK_TIME);
        return new PrefixManager.Uses(uses, Optional.of(new PrefixManager.Hook() {
            @Override
            public Mono<Void> apply(Delegation delegation) {
                return call(ADD, delegation) ? program.run(ADD, delegation) : Mono.empty();
            }

            /** In a dry run the prefix is not released, because it may still be in effect. */
            @Override
            public Mono<Void> remove(Delegation delegation) {
                return call(REMOVE, delegation) ? program.run(REMOVE, delegation) : Mono.never();
            }

            private boolean call(DelegationHook.Action action, Delegation delegation) {
                String call = program.describe(action, delegation);
                output.result(
                        new HookLine(runHook ? "hook" : "hook-dry-run", call),
                        (runHook ? "Running: " : "Dry run, would run: ") + call);
                return runHook;
            }
        }));
    }

    private void ready(Output output, PrefixManagerConfig config) {
        output.ready(
                "prefix-manager", "Managing prefixes as " + config.role().name().toLowerCase(Locale.ROOT));
    }

    /**
     * {@return whether an event is printed}
     *
     * @param omitted receives the number of events that were not printed before
     */
    static boolean permitted(PrefixEvent event, LineLimit lines, LongConsumer omitted) {
        Optional<Object> subject = subject(event);
        return subject.isEmpty() || lines.permits(subject.get(), omitted);
    }

    /** {@return what a limited event is about: other nodes can cause most kinds at any rate} */
    private static Optional<Object> subject(PrefixEvent event) {
        if (event instanceof PrefixEvent.Assigned assigned) {
            return Optional.of(assigned.peer());
        } else if (event instanceof PrefixEvent.Returned returned) {
            return Optional.of(returned.peer());
        } else if (event instanceof PrefixEvent.InDoubt doubtful) {
            return Optional.of(doubtful.peer());
        } else if (event instanceof PrefixEvent.Declined declined) {
            return Optional.of(declined.peer());
        } else if (event instanceof PrefixEvent.Waiting waiting) {
            return Optional.of(waiting.peer());
        } else if (event instanceof PrefixEvent.NotObtained
                || event instanceof PrefixEvent.NotStored
                || event instanceof PrefixEvent.ParamsChanged) {
            return Optional.of(event.getClass());
        }
        return Optional.empty();
    }

    private static void omitted(Output output, long count) {
        output.result(new Omitted("omitted", count), "Events that other nodes have caused, not printed: " + count);
    }

    private record Omitted(String event, long events) {}

    private record HookLine(String event, String command) {}

    private record Line(
            String event,
            @Nullable String prefix,
            @Nullable String name,
            @Nullable String reason) {}

    private static void print(Output output, PrefixEvent event) {
        output.result(line(event), event.describe());
    }

    private static Record line(PrefixEvent event) {
        if (event instanceof PrefixEvent.Assigned assigned) {
            return line("assigned", assigned.prefix(), assigned.peer(), null);
        } else if (event instanceof PrefixEvent.Returned returned) {
            return line("returned", returned.prefix(), returned.peer(), returned.reason());
        } else if (event instanceof PrefixEvent.InDoubt doubtful) {
            return line("in-doubt", doubtful.prefix(), doubtful.peer(), doubtful.reason());
        } else if (event instanceof PrefixEvent.Obtained obtained) {
            return line("obtained", obtained.prefix(), obtained.peer(), null);
        } else if (event instanceof PrefixEvent.Declined declined) {
            return new Line("declined", null, declined.peer(), declined.reason());
        } else if (event instanceof PrefixEvent.Waiting waiting) {
            return line("waiting", waiting.family(), waiting.length(), waiting.peer(), null);
        } else if (event instanceof PrefixEvent.NotObtained failed) {
            @Nullable String peer = failed.peer().isEmpty() ? null : failed.peer();
            return line("not-obtained", failed.family(), failed.length(), peer, failed.reason());
        } else if (event instanceof PrefixEvent.NotStored failed) {
            return new Line("not-stored", null, null, failed.reason());
        } else if (event instanceof PrefixEvent.ParamsChanged changed) {
            String source = changed.source().name().toLowerCase(Locale.ROOT);
            return new ParamsLine("params", changed.params().lengths(), source);
        } else if (event instanceof PrefixEvent.Delegated delegated) {
            Delegation delegation = delegated.delegation();
            return line("delegated", delegation.prefix(), delegation.name(), null);
        } else if (event instanceof PrefixEvent.Released released) {
            Delegation delegation = released.delegation();
            return line("released", delegation.prefix(), delegation.name(), null);
        } else if (event instanceof PrefixEvent.HookFailed failed) {
            Delegation delegation = failed.delegation();
            return line("hook-failed", delegation.prefix(), delegation.name(), failed.reason());
        }
        throw new AssertionError(event);
    }

    private record ParamsLine(String event, Map<String, Integer> lengths, String source) {}

    private static Line line(String event, Prefix prefix, String name, @Nullable String reason) {
        return new Line(event, prefix.toString(), name, reason);
    }

    private static Line line(
            String event, AddressFamily family, int length, @Nullable String peer, @Nullable String reason) {
        return new Line(event, "IPv" + family.version() + " /" + length, peer, reason);
    }
}
