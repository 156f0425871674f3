package io.grasp.api;

import io.grasp.engine.EngineConfig;
import io.grasp.engine.GraspObserver;
import io.grasp.engine.Limits;
import io.grasp.engine.RelayLimits;
import io.grasp.engine.Timeouts;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettySubstrate;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The settings of a node. Immutable: each {@code with...} gives a changed copy. */
public final class GraspConfig {
    private final EngineConfig engine;
    private final Supplier<? extends Substrate> substrate;
    private final Supplier<? extends RandomGenerator> random;
    private final GraspObserver observer;

    private GraspConfig(
            EngineConfig engine,
            Supplier<? extends Substrate> substrate,
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
                EngineConfig.DEFAULTS,
                () -> NettySubstrate.create(NettyConfig.defaults()),
                SecureIds::create,
                GraspObserver.NONE);
    }

    /**
     * These settings on the real network as configured.
     *
     * @param network which links, and what protects them
     * @return the changed settings
     */
    public GraspConfig withNetwork(NettyConfig network) {
        return withSubstrate(() -> NettySubstrate.create(network));
    }

    /**
     * These settings on another substrate.
     *
     * @param newSubstrate makes the substrate of each node that is started; the node closes it
     * @return the changed settings
     */
    public GraspConfig withSubstrate(Supplier<? extends Substrate> newSubstrate) {
        return new GraspConfig(engine, newSubstrate, random, observer);
    }

    /**
     * These settings with other bounds.
     *
     * @param limits the bounds
     * @return the changed settings
     */
    public GraspConfig withLimits(Limits limits) {
        EngineConfig changed = new EngineConfig(limits, engine.timeouts(), engine.relay(), engine.initiatorAddress());
        return new GraspConfig(changed, substrate, random, observer);
    }

    /**
     * These settings with other times.
     *
     * @param timeouts when to give up
     * @return the changed settings
     */
    public GraspConfig withTimeouts(Timeouts timeouts) {
        EngineConfig changed = new EngineConfig(engine.limits(), timeouts, engine.relay(), engine.initiatorAddress());
        return new GraspConfig(changed, substrate, random, observer);
    }

    /**
     * These settings with other bounds as a relay.
     *
     * @param relay how much is relayed between links
     * @return the changed settings
     */
    public GraspConfig withRelayLimits(RelayLimits relay) {
        EngineConfig changed = new EngineConfig(engine.limits(), engine.timeouts(), relay, engine.initiatorAddress());
        return new GraspConfig(changed, substrate, random, observer);
    }

    /**
     * These settings with an address that names the node in its multicasts (RFC 8990 section 2.8.4).
     *
     * @param address the address, or {@code null} to choose: a ULA, else a global one, else a link-local one
     * @return the changed settings
     */
    public GraspConfig withInitiatorAddress(@Nullable InetAddress address) {
        EngineConfig changed = new EngineConfig(engine.limits(), engine.timeouts(), engine.relay(), address);
        return new GraspConfig(changed, substrate, random, observer);
    }

    /**
     * These settings with another source of Session IDs: a seeded one makes a test repeatable. On a real network it
     * must be cryptographically strong (RFC 8990 section 2.7), as the default is.
     *
     * @param newRandom makes the source of each node that is started, on the thread that subscribes to the start; the
     *     source itself is used on the loop and must not block
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

    Substrate newSubstrate() {
        return substrate.get();
    }

    RandomGenerator newRandom() {
        return random.get();
    }

    GraspObserver observer() {
        return observer;
    }
}
