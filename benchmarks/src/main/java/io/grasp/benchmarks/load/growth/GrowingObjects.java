package io.grasp.benchmarks.load.growth;

import io.grasp.benchmarks.memory.CachedLocators;
import io.grasp.benchmarks.memory.NoOpLink;
import io.grasp.benchmarks.memory.NoOpNode;
import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.wire.MessageEncoder;
import java.util.SplittableRandom;

/**
 * Objects of which a node can have many, except sessions (see {@link GrowingNegotiations}): registrations, cache
 * entries and links. The substrate does nothing, so that only the engine is measured.
 */
public final class GrowingObjects implements GrowingResource {
    private static final int MAX_COUNT = 200_000;
    /** More than a cache charges for a small entry. */
    private static final int BYTES_EACH = 2048;

    private static final int FIRST_SESSION = 0x4000_0000;

    private static final RegistrationOptions DISCOVERABLE = RegistrationOptions.DEFAULTS.withDiscoverable(true);

    private final Kind kind;
    private final SplittableRandom random = new SplittableRandom(1);
    private NoOpNode node;
    private int session = FIRST_SESSION;
    private int count;

    /** The kind of object. */
    public enum Kind {
        REGISTERED("registered objectives", "a discovery answered", true),
        FLOODED("flooded objectives in the cache", "a flood ingested", false),
        DISCOVERED("discovered objectives in the cache", "a discovery answered with an O_DIVERT", true),
        LINKS("links", "a flood of loop count 1 ingested", false);

        private final String what;
        private final String step;
        private final boolean isAnswered;

        Kind(String what, String step, boolean isAnswered) {
            this.what = what;
            this.step = step;
            this.isAnswered = isAnswered;
        }
    }

    public GrowingObjects(Kind kind) {
        this.kind = kind;
        this.node = node(kind == Kind.DISCOVERED ? 2 : 1);
    }

    private static NoOpNode node(int links) {
        EngineConfig defaults = EngineConfig.DEFAULTS;
        Limits limits = defaults.limits()
                .withObjectives(MAX_COUNT)
                .withFloodBytes(BYTES_EACH * MAX_COUNT)
                .withOwnFloodBytes(BYTES_EACH * MAX_COUNT)
                .withDiscoveryBytes(BYTES_EACH * MAX_COUNT)
                .withRelayedLocatorBytes(BYTES_EACH * MAX_COUNT);
        return new NoOpNode(defaults.withLimits(limits), links);
    }

    @Override
    public String what() {
        return kind.what;
    }

    @Override
    public String step() {
        return kind.step;
    }

    @Override
    public void growTo(int newCount) {
        if (kind == Kind.LINKS) {
            node = node(newCount);
        }
        for (; count < newCount; count++) {
            grow(count);
        }
    }

    private void grow(int number) {
        switch (kind) {
            case REGISTERED -> node.asa().register(Objective.negotiable(name(number)), DISCOVERABLE);
            case FLOODED -> node.substrate().multicast(link(0), message(number));
            case DISCOVERED -> CachedLocators.add(node, name(number));
            case LINKS -> {} // they were created with the node
        }
    }

    private static String name(int number) {
        return "EX:" + number;
    }

    private NoOpLink link(int number) {
        return node.substrate().links().get(number);
    }

    /** Creates a message about the object with this number; each message has another Session ID. */
    private byte[] message(int number) {
        session++;
        if (kind == Kind.REGISTERED || kind == Kind.DISCOVERED) {
            return SampleMessages.discovery(session, name(number));
        }
        return MessageEncoder.encode(
                SampleMessages.flood(session, name(kind == Kind.LINKS ? 0 : number), kind == Kind.LINKS ? 1 : 6));
    }

    @Override
    public Runnable steps(int steps, int among) {
        NoOpLink[] links = new NoOpLink[steps];
        byte[][] messages = new byte[steps][];
        for (int i = 0; i < steps; i++) {
            int number = random.nextInt(Math.min(among, count));
            links[i] = link(kind == Kind.LINKS ? number : 0);
            messages[i] = message(number);
        }
        return () -> {
            long before = node.substrate().replies();
            for (int i = 0; i < steps; i++) {
                node.loop().run();
                node.substrate().multicast(links[i], messages[i]);
            }
            if (kind.isAnswered && node.substrate().replies() != before + steps) {
                throw new IllegalStateException("not every discovery was answered");
            }
        };
    }
}
