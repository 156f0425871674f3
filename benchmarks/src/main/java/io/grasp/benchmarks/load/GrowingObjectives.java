package io.grasp.benchmarks.load;

import io.grasp.benchmarks.memory.Messages;
import io.grasp.benchmarks.memory.StillLink;
import io.grasp.benchmarks.memory.StillNode;
import io.grasp.engine.EngineConfig;
import io.grasp.engine.Limits;
import io.grasp.engine.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.wire.MessageEncoder;
import java.util.SplittableRandom;

/** What else a node can have ever more of, over a substrate that costs nothing. */
final class GrowingObjectives implements Growing {
    private static final int MOST = 200_000;
    private static final int FIRST_SESSION = 0x4000_0000;

    private final Kind kind;
    private final SplittableRandom random = new SplittableRandom(1);
    private StillNode node = node(1);
    private int session = FIRST_SESSION;
    private int count;

    /** Of what. */
    enum Kind {
        REGISTERED("registered objectives", "a discovery answered"),
        FLOODED("flooded objectives in the cache", "a flood ingested"),
        LINKS("links", "a flood of loop count 1 ingested");

        private final String what;
        private final String step;

        Kind(String what, String step) {
            this.what = what;
            this.step = step;
        }
    }

    GrowingObjectives(Kind kind) {
        this.kind = kind;
    }

    private static StillNode node(int links) {
        EngineConfig defaults = EngineConfig.DEFAULTS;
        Limits limits = defaults.limits().withObjectives(MOST).withFloodEntries(MOST);
        return new StillNode(defaults.withLimits(limits), links);
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
            if (kind == Kind.REGISTERED) {
                node.asa()
                        .register(
                                Objective.negotiable(name(count)), RegistrationOptions.DEFAULTS.withDiscoverable(true));
            } else if (kind == Kind.FLOODED) {
                node.substrate().multicast(link(0), message(count));
            }
        }
    }

    private static String name(int number) {
        return "EX:" + number;
    }

    private StillLink link(int number) {
        return node.substrate().links().get(number);
    }

    /** A message about one of them, each with a Session ID of its own. */
    private byte[] message(int number) {
        session++;
        if (kind == Kind.REGISTERED) {
            return Messages.discovery(session, name(number));
        }
        return MessageEncoder.encode(
                Messages.flood(session, name(kind == Kind.LINKS ? 0 : number), kind == Kind.LINKS ? 1 : 6));
    }

    @Override
    public Runnable steps(int steps, int among) {
        StillLink[] links = new StillLink[steps];
        byte[][] messages = new byte[steps][];
        for (int i = 0; i < steps; i++) {
            int number = random.nextInt(Math.min(among, count));
            links[i] = link(kind == Kind.LINKS ? number : 0);
            messages[i] = message(number);
        }
        return () -> {
            for (int i = 0; i < steps; i++) {
                node.loop().run();
                node.substrate().multicast(links[i], messages[i]);
            }
        };
    }
}
