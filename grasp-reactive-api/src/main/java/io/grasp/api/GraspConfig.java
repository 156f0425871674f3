package io.grasp.api;

import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.MemoryCheck;
import io.grasp.config.RelayLimits;
import io.grasp.config.Timeouts;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.MemoryNeed;
import io.grasp.observe.GraspObserver;
import io.grasp.security.NodeIdentity;
import io.grasp.security.PeerPolicy;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NettySubstrate;
import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.acp.AcpSubstrate;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The settings of a node. Immutable: each {@code with...} returns a changed copy. */
public final class GraspConfig {
    private final EngineConfig engine;
    private final Function<@Nullable Loop, ? extends Substrate> substrate;
    private final Supplier<? extends RandomGenerator> random;
    private final GraspObserver observer;
    private final MemoryCheck memoryCheck;

    private GraspConfig(
            EngineConfig engine,
            Function<@Nullable Loop, ? extends Substrate> substrate,
            Supplier<? extends RandomGenerator> random,
            GraspObserver observer,
            MemoryCheck memoryCheck) {
        this.engine = Objects.requireNonNull(engine, "engine");
        this.substrate = Objects.requireNonNull(substrate, "substrate");
        this.random = Objects.requireNonNull(random, "random");
        this.observer = Objects.requireNonNull(observer, "observer");
        this.memoryCheck = Objects.requireNonNull(memoryCheck, "memoryCheck");
        if (substrate instanceof Acp && engine.dull() != null) {
            throw new IllegalArgumentException(
                    "a DULL instance cannot run on an Autonomic Control Plane (RFC 8994 section 6.4)");
        }
    }

    /**
     * A node on the real network: every suitable link, no protection asserted, its own loop. It cannot be started
     * before the settings say what protects the links: {@link #withNetwork} with
     * {@link NettyConfig#withAssumeSecure}, {@link #withOverlay} or {@link #withAcp}; except as a DULL instance
     * ({@link #withDull}).
     *
     * @return the settings
     */
    public static GraspConfig defaults() {
        return new GraspConfig(
                EngineConfig.DEFAULTS,
                new Network(NettyConfig.defaults()),
                SecureIds::create,
                GraspObserver.NONE,
                MemoryCheck.WARN);
    }

    /**
     * A DULL instance on one link of the real network, see {@link #withDull}. Start it by {@link Grasp#start}: then it
     * has a loop of its own, and nothing that its unprotected link carries takes processor time of a protected node's
     * loop or ends that loop. It can also {@linkplain Grasp#startOnSharedLoop share the loop} of another node.
     *
     * @param link the interface
     * @param objectives the names of the objectives that it allows, such as {@code AN_ACP} and {@code AN_Proxy}
     * @return the settings
     */
    public static GraspConfig dull(String link, String... objectives) {
        return defaults().withNetwork(NettyConfig.dull(link)).withDull(Dull.allowing(objectives));
    }

    /** The real network. */
    private record Network(NettyConfig config) implements Function<@Nullable Loop, Substrate> {
        @Override
        public Substrate apply(@Nullable Loop shared) {
            return shared instanceof NettyLoop loop ? NettySubstrate.on(loop, config) : NettySubstrate.create(config);
        }
    }

    /** TLS connections with neighbors on the real network. */
    private record Overlay(OverlayConfig config, NodeIdentity identity) implements Function<@Nullable Loop, Substrate> {
        @Override
        public Substrate apply(@Nullable Loop shared) {
            return shared instanceof NettyLoop loop
                    ? OverlaySubstrate.on(loop, config, identity)
                    : OverlaySubstrate.create(config, identity);
        }
    }

    /**
     * These settings on TLS connections with neighbors: a network that protects itself, and needs neither multicast nor
     * any protection below. Each neighbor is a link.
     *
     * @param overlay the settings of the connections, such as the neighbors
     * @param identity the node's certificate, key and trust anchors; the caller closes it after the node
     * @return the changed settings
     */
    public GraspConfig withOverlay(OverlayConfig overlay, NodeIdentity identity) {
        Objects.requireNonNull(overlay, "overlay");
        Objects.requireNonNull(identity, "identity");
        return new GraspConfig(engine, new Overlay(overlay, identity), random, observer, memoryCheck);
    }

    /** The interfaces of an Autonomic Control Plane. */
    private record Acp(AcpConfig config, NodeIdentity identity) implements Function<@Nullable Loop, Substrate> {
        @Override
        public Substrate apply(@Nullable Loop shared) {
            return shared instanceof NettyLoop loop
                    ? AcpSubstrate.on(loop, config, identity)
                    : AcpSubstrate.create(config, identity);
        }
    }

    /**
     * These settings on an Autonomic Control Plane (RFC 8994 section 6.9) whose secure channels are interfaces of this
     * host, for example those of IPsec or WireGuard. A DULL instance cannot run there (RFC 8994 section 6.4).
     *
     * @param acp the settings, such as the interfaces and the neighbors
     * @param identity the node's certificate, key and trust anchors; the caller closes it after the node
     * @return the changed settings
     * @throws IllegalArgumentException if these settings are for a DULL instance
     */
    public GraspConfig withAcp(AcpConfig acp, NodeIdentity identity) {
        Objects.requireNonNull(acp, "acp");
        Objects.requireNonNull(identity, "identity");
        return new GraspConfig(engine, new Acp(acp, identity), random, observer, memoryCheck);
    }

    /**
     * These settings on the real network.
     *
     * @param network the settings of the network, such as its links and their protection
     * @return the changed settings
     */
    public GraspConfig withNetwork(NettyConfig network) {
        return new GraspConfig(engine, new Network(network), random, observer, memoryCheck);
    }

    /**
     * These settings on another substrate. {@link Grasp#startOnSharedLoop} does not pass on its loop: there the
     * function must return a substrate that runs on the other node's loop.
     *
     * @param newSubstrate creates the substrate of each node that is started; the node closes it. Called on the
     *     subscriber's thread, so it must not block if that is a non-blocking one
     * @return the changed settings
     */
    public GraspConfig withSubstrate(Supplier<? extends Substrate> newSubstrate) {
        Objects.requireNonNull(newSubstrate, "newSubstrate");
        return new GraspConfig(engine, shared -> newSubstrate.get(), random, observer, memoryCheck);
    }

    /**
     * These settings with other bounds.
     *
     * @param limits the bounds
     * @return the changed settings
     */
    public GraspConfig withLimits(Limits limits) {
        return new GraspConfig(engine.withLimits(limits), substrate, random, observer, memoryCheck);
    }

    /**
     * These settings with other timeouts.
     *
     * @param timeouts the timeouts
     * @return the changed settings
     */
    public GraspConfig withTimeouts(Timeouts timeouts) {
        return new GraspConfig(engine.withTimeouts(timeouts), substrate, random, observer, memoryCheck);
    }

    /**
     * These settings with other bounds for relaying.
     *
     * @param relay the bounds
     * @return the changed settings
     */
    public GraspConfig withRelayLimits(RelayLimits relay) {
        return new GraspConfig(engine.withRelay(relay), substrate, random, observer, memoryCheck);
    }

    /**
     * These settings with an advertised address. It identifies the node as the initiator of its sessions (RFC 8990
     * section 2.8.4), appears in its discovery responses on every link, and peers are served at it. An IPv4 address is
     * not used as the initiator if a link uses IPv6, because neighbors there need not accept 4 bytes. Without an
     * advertised address the node chooses, for each link, among the addresses of the link, of loopback interfaces and
     * of its other links; see {@link Grasp#locators}. Explicit locators of a registration, and its request for a
     * link-local address, take precedence; a DULL instance ignores it.
     *
     * @param address the address
     * @return the changed settings
     * @throws IllegalArgumentException if it is link-local, unspecified, multicast, broadcast or reserved; the start
     *     fails if it is the broadcast address of a network of this host
     */
    public GraspConfig withAdvertisedAddress(InetAddress address) {
        return new GraspConfig(engine.withAdvertisedAddress(address), substrate, random, observer, memoryCheck);
    }

    /**
     * {@return these settings without an advertised address, which is the default: the node chooses among its own
     * addresses}
     */
    public GraspConfig withoutAdvertisedAddress() {
        return new GraspConfig(engine.withoutAdvertisedAddress(), substrate, random, observer, memoryCheck);
    }

    /**
     * These settings for a DULL instance (RFC 8990 section 2.5.2): it needs no protection, runs on one link, and only
     * discovers and floods the named objectives, over one hop. Any other operation is refused with
     * {@link io.grasp.model.GraspErrorCode#NO_SECURITY}, any other objective with
     * {@link io.grasp.model.GraspErrorCode#NOT_OBJECTIVE}. Its substrate must have only that link. Default limits are
     * replaced by the smaller {@link io.grasp.config.Limits#DULL}.
     *
     * @param rules the allowed objectives
     * @return the changed settings
     * @throws IllegalArgumentException if these settings are for an Autonomic Control Plane
     */
    public GraspConfig withDull(Dull rules) {
        return new GraspConfig(engine.withDull(rules), substrate, random, observer, memoryCheck);
    }

    /**
     * These settings for a network with or without NAT: if IPv4 addresses are translated, diverts that this node sends
     * or passes on contain none (RFC 8990 section 2.9.5.2).
     *
     * @param ipv4Nat whether they are translated; initially {@code false}
     * @return the changed settings
     */
    public GraspConfig withIpv4Nat(boolean ipv4Nat) {
        return new GraspConfig(engine.withIpv4Nat(ipv4Nat), substrate, random, observer, memoryCheck);
    }

    /**
     * These settings with a policy for peers: which of them may discover, answer, flood, negotiate and synchronize
     * what. It decides by the identity that the substrate has authenticated; peers without one are denied, unless the
     * policy {@linkplain PeerPolicy#permitsUnauthenticated permits them}. Denied requests to negotiate are declined,
     * all others are dropped; nothing that is denied is cached or relayed. A DULL instance ignores it.
     *
     * @param policy the policy; initially {@link PeerPolicy#ALL}
     * @return the changed settings
     */
    public GraspConfig withPeerPolicy(PeerPolicy policy) {
        return new GraspConfig(engine.withPeerPolicy(policy), substrate, random, observer, memoryCheck);
    }

    /**
     * These settings with another source of Session IDs: a seeded one makes a test repeatable. On a real network it
     * must be cryptographically strong (RFC 8990 section 2.7), as the default is.
     *
     * @param newRandom creates the source for each node that is started, before {@link Grasp#start} uses the loop. On
     *     the real network it may block; on any other substrate it is called on the subscribing thread. The source
     *     itself is used on the loop and must not block
     * @return the changed settings
     */
    public GraspConfig withRandom(Supplier<? extends RandomGenerator> newRandom) {
        return new GraspConfig(engine, substrate, newRandom, observer, memoryCheck);
    }

    /**
     * These settings with an additional observer.
     *
     * @param another the observer, which is called after the existing ones
     * @return the changed settings
     */
    public GraspConfig withAdditionalObserver(GraspObserver another) {
        return new GraspConfig(engine, substrate, random, GraspObserver.all(observer, another), memoryCheck);
    }

    /**
     * These settings with an observer.
     *
     * @param newObserver the observer
     * @return the changed settings
     */
    public GraspConfig withObserver(GraspObserver newObserver) {
        return new GraspConfig(engine, substrate, random, newObserver, memoryCheck);
    }

    /**
     * These settings with another reaction to too little memory. When a node on the real network starts, the memory
     * that it and the others of this process may need is compared with what the JVM has ({@link #worstCase}). The
     * default is {@link MemoryCheck#WARN}.
     *
     * @param check the reaction
     * @return the changed settings
     */
    public GraspConfig withMemoryCheck(MemoryCheck check) {
        return new GraspConfig(engine, substrate, random, observer, check);
    }

    /**
     * The most memory that a node with these settings uses, whatever its peers send. It does not include what ASAs
     * keep.
     *
     * @return the memory, without that of a substrate that the caller supplies
     */
    public MemoryNeed worstCase() {
        MemoryNeed ofEngine = engine.worstCase();
        if (substrate instanceof Overlay overlay) {
            return ofEngine.and(overlay.config().worstCase());
        }
        if (substrate instanceof Acp acp) {
            return ofEngine.and(acp.config().worstCase());
        }
        return substrate instanceof Network network
                ? ofEngine.and(network.config().worstCase())
                : ofEngine;
    }

    /**
     * {@return why every operation would fail, whatever happens after the start; {@code null} if that is not the case}
     */
    @Nullable
    GraspException neverSecure() {
        return engine.dull() == null
                        && substrate instanceof Network network
                        && !network.config().permitsGrasp()
                ? GraspException.local(
                        GraspErrorCode.NO_SECURITY,
                        "these settings do not say what protects the links (RFC 8990 section 2.5.1): use"
                                + " NettyConfig.withAssumeSecure(true) if something outside does, such as an ACP or a"
                                + " closed network, or let the node protect itself by an identity, with"
                                + " GraspConfig.withOverlay or withAcp")
                : null;
    }

    /**
     * {@return the identity of the substrate; {@code null} if it uses none, or if the caller supplies the substrate}
     */
    @Nullable
    NodeIdentity identity() {
        if (substrate instanceof Overlay overlay) {
            return overlay.identity();
        }
        return substrate instanceof Acp acp ? acp.identity() : null;
    }

    MemoryCheck memoryCheck() {
        return memoryCheck;
    }

    EngineConfig engine() {
        return engine;
    }

    /** {@return whether creating the substrate or the seed of the Session IDs may block, because it reads files} */
    boolean mayBlock() {
        return substrate instanceof Network || substrate instanceof Overlay || substrate instanceof Acp;
    }

    /** @param shared the loop of another node, or {@code null} for a new loop */
    Substrate newSubstrate(@Nullable Loop shared) {
        return substrate.apply(shared);
    }

    RandomGenerator newRandom() {
        return random.get();
    }

    GraspObserver observer() {
        return observer;
    }
}
