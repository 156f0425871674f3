package io.grasp.samples.node;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.Documents;
import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.HostPort;
import io.grasp.samples.text.IpAddress;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.Output;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityFinding;
import io.grasp.security.NodeIdentity;
import io.grasp.security.PeerPolicy;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.reflect.Field;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** The options of every command on a real network. */
public final class NetworkOptions extends CommandOptions {
    private static final String REFUSAL =
            "The network is not known to be protected: GRASP needs an ACP or equal protection (RFC 8990 section"
                    + " 2.5.1). If your network has it, pass --assume-secure; if not, let the node protect itself:"
                    + " --identity with --neighbor or --bind";

    /** The longest time of a request in milliseconds. */
    public static final long LONGEST_REQUEST_MILLIS = 3_600_000;

    private static final long MAX_MILLIS = 0xFFFF_FFFFL;
    private static final String OF_CERTIFICATES = "--neighbor, --bind, --find-neighbors or --acp-interface";
    private static final String ANY_IP = "ipv6-else-ipv4";
    /** A command that is not told to wait gives up if no neighbor is there by then. */
    private static final Duration FIRST_LINK = Duration.ofSeconds(20);

    private static final Set<String> OF_OUTPUT = Set.of("--json", "--quiet");
    private static final Set<String> OF_LOG = Set.of("--verbose", "--trace", "--audit");

    private static final Duration AUDIT_PERIOD = Duration.ofMinutes(1);

    /** What the option {@code --loop-count} of a command does. */
    public static final String LOOP_COUNT =
            "The objective's loop count: how many relays a message may pass. Default: 6.";

    /** What the option {@code --loop-count} of a negotiation does. */
    public static final String LOOP_COUNT_OF_NEGOTIATION =
            "The objective's loop count: how many relays the search may pass, and how many offers the negotiation may"
                    + " have. Default: 6.";

    /** Runs the node; tests replace it. */
    public NodeRunner nodes = new ProcessNodeRunner();

    private final ServiceManager manager = ServiceManager.of(System.getenv(), this::warn);

    @Option(
            names = "--link",
            paramLabel = "NAME",
            description = "Use this interface; may be repeated. Without it, all suitable ones are used.")
    private List<String> links = List.of();

    @Option(
            names = "--ip",
            paramLabel = "VERSION",
            description = "The IP version of each link: ipv6, ipv4, or ipv6-else-ipv4. Default: ipv6-else-ipv4.")
    private String ip = ANY_IP;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Accept connections at this TCP port, and send multicasts from the same UDP port."
                    + " Default: 0, any free one.")
    private int port;

    @Option(
            names = "--await-links",
            description = "Start even if some or all links are missing, and use them when they appear.")
    private boolean awaitLinks;

    @Option(
            names = "--resolve-names",
            description = "Connect also to host names in locators; the operator vouches for them and for DNS.")
    private boolean resolveNames;

    @Option(
            names = "--advertise",
            paramLabel = "ADDRESS",
            converter = IpAddress.class,
            description = "Advertise this address to peers on all links, and serve them at it."
                    + " Without it, one is chosen for each link.")
    private @Nullable InetAddress advertised;

    @Option(names = "--assume-secure", description = "Something outside this program protects the links.")
    private boolean assumeSecure;

    @Mixin
    private QuadsOptions quads = new QuadsOptions();

    @Mixin
    private IdentityOptions identity = new IdentityOptions();

    @Mixin
    private OverlayOptions overlay = new OverlayOptions();

    @Option(
            names = "--acp-interface",
            paramLabel = "NAME",
            description = "This interface is the end of a secure channel of an Autonomic Control Plane, such as IPsec"
                    + " or WireGuard (RFC 8994 section 6.9.2); may be repeated. A name that ends in * stands for many.")
    private List<String> acpInterfaces = List.of();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "What peers may do, by node and objective: rules in JSON (" + Documents.DIRECTORY
                    + "docs/security.md). The file is read once, at the start. Only for a node with a certificate.")
    private @Nullable Path policyFile;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not print what the command is doing, nor repeat what --assume-secure says; only results,"
                    + " errors and other warnings.")
    private boolean quiet;

    @Option(
            names = "--metrics",
            paramLabel = "[HOST:]PORT",
            converter = HostPort.class,
            description = "Serve metrics for Prometheus there, under /metrics; 0 is any free port."
                    + " Without HOST only this host can read them.")
    private @Nullable InetSocketAddress metrics;

    /** Whether the node runs to find out what is wrong, and starts whatever that is. */
    private boolean diagnosing;

    /** Whether the node does not start. */
    private boolean checking;

    @Option(
            names = "--audit",
            description = "Warn of messages and connections that the node drops, and of contested floods, with"
                    + " neighbor, link, reason and number; at most once a minute for each.")
    private boolean audit;

    @Mixin
    private LogOptions logs = new LogOptions();

    private final List<MeterBinder> meters = new ArrayList<>();

    private Ending ending = Ending.NONE;

    private @Nullable NodeIdentity opened;

    public NetworkOptions() {}

    public Output output() {
        ErrorOutput err = errors();
        return new Output(spec().commandLine().getOut(), json, quiet ? line -> {} : err::line, manager::ready);
    }

    /** Starts a node, uses it, and closes it, also when the process is terminated. */
    public <T> @Nullable T withNode(Function<Grasp, Mono<T>> work) {
        return withNode(new LinkFailures(System::nanoTime, errors(), true), work);
    }

    /** {@return prints failures and warnings of links} */
    public GraspObserver linkFailures() {
        return new LinkFailures(System::nanoTime, errors(), false);
    }

    /** {@return whether the node may do more than DULL: the user has said how it is protected} */
    public boolean isProtected() {
        return isAssumedSecure() || isProtectedByItself();
    }

    /** Serves further meters, if the user wants metrics: those of what the command does with its node. */
    public void withMeters(MeterBinder more) {
        meters.add(more);
    }

    /** Ends the use of the node with this, before it is closed. */
    public void endWith(Ending chosen) {
        ending = chosen;
    }

    /** {@return whether an option says which node a command starts, and not only what the command prints} */
    public static boolean describesNode(OptionSpec option) {
        return isOfNode(option) && !OF_OUTPUT.contains(option.longestName()) && !describesLog(option);
    }

    /** {@return whether an option says what a node prints beside results} */
    public static boolean describesLog(OptionSpec option) {
        return isOfNode(option) && OF_LOG.contains(option.longestName());
    }

    private static boolean isOfNode(OptionSpec option) {
        return option.userObject() instanceof Field field
                && field.getDeclaringClass().getPackage().equals(NetworkOptions.class.getPackage());
    }

    /** {@return whether the user has named links} */
    public boolean hasChosenLinks() {
        return !links.isEmpty();
    }

    /** {@return the port of the node that the options describe, 0 for any} */
    public int port() {
        withPort(NettyConfig.defaults());
        return overlay.isGiven() ? overlay.port() : port;
    }

    /** Lets the node use any port instead of the one that the options describe. */
    public void useAnyPort() {
        port = 0;
        overlay.useAnyPort();
    }

    /** {@return the certificate that the user has named, {@code null} if there is none} */
    public @Nullable IdentityConfig identityConfig() {
        return identity.config();
    }

    /** {@return the directory of {@code --identity}, if systemd makes it and the service does not run} */
    public @Nullable String absentCredentials() {
        return identity.absentCredentials();
    }

    /** Lets the node start whatever is wrong with its links and its certificate. */
    public void useToDiagnose() {
        diagnosing = true;
        awaitLinks = true;
    }

    /** Lets no node start: only the settings are checked, with all files that they name. */
    public void useToCheck() {
        checking = true;
    }

    /** {@return whether no node starts} */
    public boolean isChecking() {
        return checking;
    }

    private boolean isAssumedSecure() {
        return assumeSecure || quads.isGiven();
    }

    /** {@return whether the user encrypts messages} */
    public boolean isEncrypted() {
        return quads.isGiven();
    }

    /** Starts a DULL instance, which needs no protection, uses it, and closes it. */
    public <T> @Nullable T withDull(GraspConfig dull, Function<Grasp, Mono<T>> work) {
        advertising();
        withPort(NettyConfig.defaults());
        if (!links.isEmpty() || port != 0) {
            requireProtection();
        }
        return managed(dull, work);
    }

    /** Starts a node with an observer, uses it, and closes it. */
    public <T> @Nullable T withNode(GraspObserver observer, Function<Grasp, Mono<T>> work) {
        if (isProtectedByItself()) {
            return withCertificate(observer, work);
        }
        return withNode(plain(), observer, work);
    }

    private <T> @Nullable T withNode(NettyConfig network, GraspObserver observer, Function<Grasp, Mono<T>> work) {
        return observed(
                advertising().withNetwork(network),
                observer,
                grasp -> grasp.links().flatMap(up -> up.isEmpty() && !awaitLinks ? noLink() : work.apply(grasp)));
    }

    /**
     * Starts two nodes without certificates on the same links, uses them, and closes them.
     *
     * @param changes changes the settings of the second node
     */
    public <T> @Nullable T withPair(UnaryOperator<GraspConfig> changes, BiFunction<Grasp, Grasp, Mono<T>> work) {
        if (isProtectedByItself()) {
            throw wrong("two nodes cannot share a certificate: test with a neighbor, or without " + OF_CERTIFICATES);
        }
        NettyConfig network = plain();
        GraspConfig second = changes.apply(advertising().withNetwork(network.withPort(0)));
        return withNode(
                network,
                linkFailures(),
                one -> one.startOnSharedLoop(nodes.companion(second)).flatMap(other -> work.apply(one, other)));
    }

    /** {@return the network of a node without a certificate} */
    private NettyConfig plain() {
        if (identity.config() != null && !diagnosing) {
            throw wrong("a certificate has no effect without " + OF_CERTIFICATES);
        }
        if (policyFile != null) {
            throw wrong("--policy is for a node with a certificate: without one it does not know its peers");
        }
        LinkIp version = ip();
        advertising();
        NettyConfig network = withPort(NettyConfig.defaults());
        QuadsKey key = quads.key();
        requireProtection();
        network = network.withAssumeSecure(true)
                .withAwaitLinks(awaitLinks)
                .withIp(version)
                .withResolveNames(resolveNames)
                .withQuads(key);
        if (!links.isEmpty()) {
            network = network.withLinks(links.toArray(String[]::new));
        }
        requireInterfaces("--link", links);
        return network;
    }

    /**
     * Requires that this host has interfaces, unless the user wants to wait for those that are missing.
     *
     * @param option the option that names them
     */
    public void requireInterfaces(String option, List<String> names) {
        if (!awaitLinks) {
            names.forEach(name -> HostInterface.require(option, name));
        }
    }

    /** {@return whether an interface is the end of a secure channel} */
    public boolean isAcpInterface(String name) {
        return !acpInterfaces.isEmpty() && acpConfig().includes(name);
    }

    private AcpConfig acpConfig() {
        try {
            return AcpConfig.on(acpInterfaces.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw wrong("--acp-interface: " + e.getMessage());
        }
    }

    /** {@return whether the node authenticates itself and its peers by a certificate} */
    public boolean hasCertificate() {
        return isProtectedByItself();
    }

    /** {@return by what the node authenticates itself, while it runs; {@code null} without a certificate} */
    public @Nullable NodeIdentity identity() {
        return opened;
    }

    private boolean isProtectedByItself() {
        return overlay.isGiven() || !acpInterfaces.isEmpty();
    }

    /** Starts a node that authenticates itself and its peers. */
    private <T> @Nullable T withCertificate(GraspObserver observer, Function<Grasp, Mono<T>> work) {
        if (overlay.isGiven() && !acpInterfaces.isEmpty()) {
            throw wrong("--acp-interface excludes --neighbor, --bind and --find-neighbors");
        }
        refuseWithCertificate("--assume-secure", assumeSecure);
        refuseWithCertificate(quads.option(), quads.isGiven());
        refuseWithCertificate("--link", !links.isEmpty());
        refuseWithCertificate("--ip", !ip.equals(ANY_IP));
        refuseWithCertificate("--port", port != 0);
        IdentityConfig own = identity.config();
        if (own == null) {
            throw wrong(OF_CERTIFICATES + " needs a certificate: --identity, or --cert with --key and --trust,"
                    + " or --pkcs12");
        }
        GraspConfig advertising = advertising().withPeerPolicy(policy());
        Function<Identity, GraspConfig> settings = overlay.isGiven() ? overlaid(advertising) : inAcp(advertising);
        boolean waits = !awaitLinks && (overlay.isSearching() || !overlay.isGiven());
        FirstLink first = new FirstLink(
                FIRST_LINK,
                overlay.isGiven() ? "No neighbor was reached" : "No interface of --acp-interface could be used");
        try (Identity now = identity.open(own)) {
            opened = now;
            if (!awaitLinks && !now.findings().isEmpty()) {
                throw new IllegalStateException("The certificate cannot be used: "
                        + now.findings().stream().map(IdentityFinding::sentence).collect(Collectors.joining("; ")));
            }
            return observed(
                    settings.apply(now),
                    GraspObserver.all(
                            observer, first, new SecurityWarnings(System::nanoTime, this::warn, errors()::note)),
                    grasp -> (waits ? first.await(grasp) : Mono.<Void>empty())
                            .then(Mono.defer(() -> work.apply(grasp))));
        } catch (IllegalStateException e) {
            throw overlay.isGiven() && isPortInUse(e)
                    ? new IllegalStateException(e.getMessage() + ": pass --bind 0, or another port", e)
                    : e;
        }
    }

    private PeerPolicy policy() {
        Path file = policyFile;
        return file == null ? PeerPolicy.ALL : read("--policy", file, () -> PolicyFile.read(file));
    }

    /** {@return whether the node's port is in use; a failure of the port for metrics has not its cause's message} */
    private static boolean isPortInUse(IllegalStateException failure) {
        String what = String.valueOf(failure.getMessage());
        return failure.getCause() instanceof BindException bind
                && what.equals(bind.getMessage())
                && what.endsWith("in use");
    }

    private Function<Identity, GraspConfig> overlaid(GraspConfig advertising) {
        OverlayConfig settings = overlay.config().withResolveNames(resolveNames);
        requireInterfaces("--find-neighbors", overlay.searched());
        return opened -> advertising.withOverlay(settings, opened);
    }

    private Function<Identity, GraspConfig> inAcp(GraspConfig advertising) {
        if (advertised != null) {
            throw wrong("--advertise is not for a node with --acp-interface: its address is in its certificate");
        }
        if (resolveNames) {
            throw wrong("--resolve-names is not for a node with --acp-interface: its peers have addresses of the ACP");
        }
        try {
            AcpConfig settings = acpConfig();
            requireInterfaces(
                    "--acp-interface",
                    acpInterfaces.stream().filter(name -> !name.endsWith("*")).toList());
            return opened -> advertising.withAcp(settings, opened);
        } catch (IllegalArgumentException e) {
            throw wrong("--acp-interface: " + e.getMessage());
        }
    }

    private void refuseWithCertificate(String option, boolean used) {
        if (used) {
            throw wrong(option + " is not for a node with " + OF_CERTIFICATES);
        }
    }

    /** Runs a node with the observers that every node has. */
    private <T> @Nullable T observed(GraspConfig settings, GraspObserver observer, Function<Grasp, Mono<T>> work) {
        GraspConfig config = settings.withObserver(GraspObserver.all(
                observer,
                memoryWarnings(),
                new AcceptFailures(System::nanoTime, this::warn),
                new DropWarnings(System::nanoTime, this::warn),
                log("")));
        if (metrics == null || checking) {
            return use(config, work);
        }
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(metrics)) {
            meters.forEach(endpoint::bind);
            output().record(new MetricsEvent("metrics", endpoint.url()));
            output().status("Metrics at " + endpoint.url());
            return use(config.withAdditionalObserver(endpoint.observer()), work);
        }
    }

    /**
     * {@return the observer that logs what the user has asked for}
     *
     * @param node the node's name, at the beginning of each line; may be empty
     */
    public GraspObserver log(String node) {
        return logs.observer(errors(), node);
    }

    /** {@return what is logged, for a command whose log can be changed while its node runs} */
    public LogLevels logLevels() {
        return logs.levels();
    }

    private GraspObserver memoryWarnings() {
        return new GraspObserver() {
            @Override
            public void memoryMayBeExceeded(MemoryNeed nodes, long heapBytes, long directBytes) {
                warn("the node may need " + nodes + "; the JVM has " + MemoryNeed.mib(heapBytes) + " of heap and "
                        + MemoryNeed.mib(directBytes) + " of direct memory for it");
            }
        };
    }

    private <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
        return managed(config, grasp -> {
            audit(grasp);
            return work.apply(grasp);
        });
    }

    /** Runs a node, of which the service manager is notified. */
    private <T> @Nullable T managed(GraspConfig config, Function<Grasp, Mono<T>> work) {
        if (checking) {
            return null;
        }
        try (ServiceManager opened = manager) {
            opened.open();
            return nodes.use(
                    config,
                    grasp -> {
                        opened.watch(grasp::links);
                        return work.apply(grasp);
                    },
                    ending.announced(() -> opened.stopping(ending.longest())));
        }
    }

    /** Warns of what a node refuses, until it is closed, if the user asked for it. */
    public void audit(Grasp grasp) {
        if (audit) {
            grasp.auditEvents(AUDIT_PERIOD).subscribe(event -> warn(event.toString()));
        }
    }

    private GraspConfig advertising() {
        try {
            GraspConfig config = GraspConfig.defaults();
            return advertised == null ? config : config.withAdvertisedAddress(advertised);
        } catch (IllegalArgumentException e) {
            throw wrong("--advertise: " + e.getMessage());
        }
    }

    private NettyConfig withPort(NettyConfig network) {
        try {
            return network.withPort(port);
        } catch (IllegalArgumentException e) {
            throw wrong("--port must be 0 to " + Locator.MAX_PORT);
        }
    }

    private LinkIp ip() {
        return switch (ip) {
            case "ipv6" -> LinkIp.IPV6;
            case "ipv4" -> LinkIp.IPV4;
            case ANY_IP -> LinkIp.IPV6_ELSE_IPV4;
            default -> throw wrong("--ip must be ipv6, ipv4 or ipv6-else-ipv4");
        };
    }

    private record MetricsEvent(String event, String url) {}

    private static <T> Mono<T> noLink() {
        return Mono.error(new IllegalStateException(
                "No link can be used; with --await-links the node starts and waits until one can"));
    }

    private ErrorOutput errors() {
        return new ErrorOutput(spec().commandLine().getErr());
    }

    /** Prints a warning to the user. */
    public void warn(String what) {
        errors().warning(what);
    }

    /** Asks the user for a line of input. */
    public void prompt(String what) {
        errors().prompt(what);
    }

    /** Ends the line of a prompt that was not answered. */
    public void endPrompt() {
        errors().endPrompt();
    }

    private void requireProtection() {
        if (!isAssumedSecure()) {
            throw new IllegalStateException(REFUSAL);
        }
        if (assumeSecure && !quiet) {
            warn("links are assumed to be protected, as --assume-secure says");
        }
        if (quads.isGiven()) {
            warn(QuadsOptions.WARNING);
        }
    }

    /** Reads a value given as JSON. */
    public ObjectiveValue value(String json) {
        ObjectiveValue value;
        try {
            value = JsonValues.read(json);
        } catch (IllegalArgumentException e) {
            throw wrong("The value " + e.getMessage());
        }
        if (value == null) {
            boolean isWord = json.matches("[\\p{L}_][\\p{L}\\d_ .-]*");
            throw wrong("Not JSON: " + json + (isWord ? "; a text needs quotes: '\"" + json + "\"'" : ""));
        }
        return value;
    }

    /** Reads an option that is the loop count of an objective; {@code null} stands for the usual one. */
    public Objective loopCount(Objective objective, @Nullable Integer loopCount) {
        if (loopCount == null) {
            return objective;
        }
        if (loopCount < 1 || loopCount > Objective.MAX_LOOP_COUNT) {
            throw wrong("--loop-count must be 1 to " + Objective.MAX_LOOP_COUNT);
        }
        return objective.withLoopCount(loopCount);
    }

    /** Reads an option that is a time in milliseconds. */
    public Duration millis(String option, long value, long atLeast) {
        return millis(option, value, atLeast, MAX_MILLIS);
    }

    /** Reads an option that is the time of a request in milliseconds, which a running node may be asked for, too. */
    public Duration requestMillis(String option, long value) {
        return millis(option, value, 1, LONGEST_REQUEST_MILLIS);
    }

    private Duration millis(String option, long value, long atLeast, long atMost) {
        if (value < atLeast || value > atMost) {
            throw wrong(option + " must be " + atLeast + " to " + atMost);
        }
        return Duration.ofMillis(value);
    }
}
