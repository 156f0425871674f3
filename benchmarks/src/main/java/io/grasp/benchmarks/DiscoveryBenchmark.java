package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.CachedLocators;
import io.grasp.benchmarks.memory.NoOpLink;
import io.grasp.benchmarks.memory.NoOpNode;
import io.grasp.benchmarks.memory.RepeatedMulticast;
import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Measures how long a node takes to answer a discovery, and to read its discovery cache. */
public class DiscoveryBenchmark extends AverageTime {
    private static final long FIRST_SESSION = 0x3000_0000L;

    /** The number of registered objectives, and the number of cached ones. */
    @Param({"1", "1000"})
    public int objectives = 1;

    private final NoOpNode node = new NoOpNode(EngineConfig.DEFAULTS, 2);
    private final NoOpLink link = node.substrate().links().get(0);
    private RepeatedMulticast discoveriesOfRegistered = new RepeatedMulticast(0);
    private RepeatedMulticast discoveriesOfCached = new RepeatedMulticast(0);
    private final Objective cached = Objective.negotiable("cached0");
    private int found;

    private final DiscoveryEvents counting = new DiscoveryEvents() {
        @Override
        public void found(AsaLocator locator) {
            found++;
        }

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {}
    };

    /** Registers the objectives, and discovers the same number of others on the second link. */
    @Setup
    public void fill() {
        RegistrationOptions discoverable = RegistrationOptions.DEFAULTS.withDiscoverable(true);
        byte[][] registeredTemplates = new byte[objectives][];
        byte[][] cachedTemplates = new byte[objectives][];
        for (int i = 0; i < objectives; i++) {
            node.asa().register(Objective.negotiable("registered" + i), discoverable);
            registeredTemplates[i] = SampleMessages.discovery(FIRST_SESSION, "registered" + i);
            CachedLocators.add(node, "cached" + i);
            cachedTemplates[i] = SampleMessages.discovery(FIRST_SESSION, "cached" + i);
        }
        discoveriesOfRegistered = new RepeatedMulticast(0x4000_0000, registeredTemplates);
        discoveriesOfCached = new RepeatedMulticast(0x5000_0000, cachedTemplates);
        answer(discoveriesOfRegistered);
        answer(discoveriesOfCached);
        fromCache();
    }

    private void answer(RepeatedMulticast discoveries) {
        long before = node.substrate().replies();
        node.substrate().multicast(link, discoveries.next());
        if (node.substrate().replies() == before) {
            throw new IllegalStateException("the discovery was not answered");
        }
    }

    /** Answers an M_DISCOVERY of an objective that is registered here, with a locator. */
    @Benchmark
    public void answerRegistered() {
        node.loop().run();
        node.substrate().multicast(link, discoveriesOfRegistered.next());
    }

    /** Answers an M_DISCOVERY of an objective that a node on another link supports, with an O_DIVERT. */
    @Benchmark
    public void answerDivert() {
        node.loop().run();
        node.substrate().multicast(link, discoveriesOfCached.next());
    }

    /** {@return the number of locators found} Reads the cache for an ASA; no discovery is sent. */
    @Benchmark
    public int fromCache() {
        found = 0;
        node.asa().discoverKnown(cached, counting);
        if (found == 0) {
            throw new IllegalStateException("nothing was found");
        }
        return found;
    }
}
