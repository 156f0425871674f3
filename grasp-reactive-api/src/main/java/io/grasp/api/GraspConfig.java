package io.grasp.api;

import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.Timeouts;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NettySubstrate;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The settings of a node. Immutable: each {@code with...} gives a changed copy. */
public final class GraspConfig {
    private final EngineConfig engine;
    private final Function<@Nullable Loop, ? extends Substrate> substrate;
    private final Supplier<? extends RandomGenerator> random;
    private final GraspObserver observer;

    private GraspConfig(
            EngineConfig engine,
            Function<@Nullable Loop, ? extends Substrate> substrate,
            Supplier<? extends RandomGenerator> random,
            GraspObserver observer) {
        this.engine = Objects.requireNonNull(engine, "engine");
        this.substrate = Objects.requireNonNull(substrate, "substrate");
        this.random = Objects.requireNonNull(random, "random");
        this.observer = Objects.requireNonNull(observer, "observer");
    }

    /**
     * A node on the real network: every suitable link, no protection asserted, a loop of its own.
     *
     * @return the settings
     */
    public static GraspConfig defaults() {
        return new GraspConfig(
                EngineConfig.DEFAULTS, new Network(NettyConfig.defaults()), SecureIds::create, GraspObserver.NONE);
    }

    /**
     * A DULL instance on one link of the real network, see {@link #withDull}; it is
     * {@linkplain Grasp#startBeside started beside} another node, or alone.
     *
     * @param link the interface
     * @param objectives the names of the objectives that it is for, such as {@code AN_ACP} and {@code AN_Proxy}
     * @return the settings
     */
    public static GraspConfig dull(String link, String... objectives) {
        return defaults().withNetwork(NettyConfig.defaults().withLinks(link)).withDull(Dull.allowing(objectives));
    }

    /** The real network. */
    private record Network(NettyConfig config) implements Function<@Nullable Loop, Substrate> {
        @Override
        public Substrate apply(@Nullable Loop beside) {
            return beside instanceof NettyLoop loop ? NettySubstrate.on(loop, config) : NettySubstrate.create(config);
        }
    }

    /**
     * These settings on the real network as configured.
     *
     * @param network which links, and what protects them
     * @return the changed settings
     */
    public GraspConfig withNetwork(NettyConfig network) {
        return new GraspConfig(engine, new Network(network), random, observer);
    }

    /**
     * These settings on another substrate.
     *
     * @param newSubstrate makes the substrate of each node that is started; the node closes it
     * @return the changed settings
     */
    public GraspConfig withSubstrate(Supplier<? extends Substrate> newSubstrate) {
        Objects.requireNonNull(newSubstrate, "newSubstrate");
        return new GraspConfig(engine, beside -> newSubstrate.get(), random, observer);
    }

    /**
     * These settings with other bounds.
     *
     * @param limits the bounds
     * @return the changed settings
     */
    public GraspConfig withLimits(Limits limits) {
        return new GraspConfig(engine.withLimits(limits), substrate, random, observer);
    }

    /**
     * These settings with other times.
     *
     * @param timeouts when to give up
     * @return the changed settings
     */
    public GraspConfig withTimeouts(Timeouts timeouts) {
        return new GraspConfig(engine.withTimeouts(timeouts), substrate, random, observer);
    }

    /**
     * These settings with other bounds as a relay.
     *
     * @param relay how much is relayed between links
     * @return the changed settings
     */
    public GraspConfig withRelayLimits(RelayLimits relay) {
        return new GraspConfig(engine.withRelay(relay), substrate, random, observer);
    }

    /**
     * These settings with an address for peers. It names the node as the initiator of its sessions (RFC 8990 section
     * 2.8.4), is the locator that its discoveries are answered with on every link, and peers are served at it. An IPv4
     * address is no initiator where a link speaks IPv6, as neighbors need not take 4 bytes there. Without
     * one the node chooses, for each link, among the addresses of the link, of loopback interfaces and of its other
     * links; see {@link Grasp#locators}. A registration's own locators, and its wish for a link-local one, come before
     * it; a DULL instance ignores it.
     *
     * @param address the address, or {@code null} to choose
     * @return the changed settings
     * @throws IllegalArgumentException if it is link-local, unspecified, multicast, broadcast or reserved; the start
     *     fails if it is the broadcast address of a network of this host
     */
    public GraspConfig withAdvertisedAddress(@Nullable InetAddress address) {
        return new GraspConfig(engine.withAdvertisedAddress(address), substrate, random, observer);
    }

    /**
     * These settings for a DULL instance (RFC 8990 section 2.5.2): it needs no protection, runs on one link only, and
     * does no more than discover and flood, one hop far, the objectives named. Anything else is refused with
     * {@link io.grasp.model.GraspErrorCode#NO_SECURITY}, another objective with
     * {@link io.grasp.model.GraspErrorCode#NOT_OBJECTIVE}. Its substrate must have no more than that link.
     *
     * @param rules which objectives
     * @return the changed settings
     */
    public GraspConfig withDull(Dull rules) {
        return new GraspConfig(engine.withDull(rules), substrate, random, observer);
    }

    /**
     * These settings with what the operator knows of NAT: where IPv4 addresses are translated, diverts that this node
     * makes or passes on hold none (RFC 8990 section 2.9.5.2).
     *
     * @param ipv4Nat whether they are; they are not at first
     * @return the changed settings
     */
    public GraspConfig withIpv4Nat(boolean ipv4Nat) {
        return new GraspConfig(engine.withIpv4Nat(ipv4Nat), substrate, random, observer);
    }

    /**
     * These settings with another source of Session IDs: a seeded one makes a test repeatable. On a real network it
     * must be cryptographically strong (RFC 8990 section 2.7), as the default is.
     *
     * @param newRandom makes the source of each node that is started, before {@link Grasp#start} uses the loop: it may
     *     block on the real network, and is called on the thread that subscribes to the start on any other substrate;
     *     the source itself is used on the loop and must not block
     * @return the changed settings
     */
    public GraspConfig withRandom(Supplier<? extends RandomGenerator> newRandom) {
        return new GraspConfig(engine, substrate, newRandom, observer);
    }

    /**
     * These settings with one more observer.
     *
     * @param another told everything after those that are told already
     * @return the changed settings
     */
    public GraspConfig withAdditionalObserver(GraspObserver another) {
        return new GraspConfig(engine, substrate, random, GraspObserver.all(observer, another));
    }

    /**
     * These settings with an observer.
     *
     * @param newObserver told what the node does
     * @return the changed settings
     */
    public GraspConfig withObserver(GraspObserver newObserver) {
        return new GraspConfig(engine, substrate, random, newObserver);
    }

    EngineConfig engine() {
        return engine;
    }

    /** {@return whether to make the substrate, or the seed of the Session IDs, may take a while: files are read} */
    boolean mayBlock() {
        return substrate instanceof Network;
    }

    /** @param beside the loop of the node that it is started beside, or {@code null} for one of its own */
    Substrate newSubstrate(@Nullable Loop beside) {
        return substrate.apply(beside);
    }

    RandomGenerator newRandom() {
        return random.get();
    }

    GraspObserver observer() {
        return observer;
    }
}
