package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.negotiation.RawSession;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.AdversarialMessages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A neighbor sends messages of every type, malformed and hostile ones, to all and on connections: the node keeps to its
 * bounds and its memory, and negotiates and synchronizes with another neighbor all the while.
 */
class HostileTrafficTest extends EngineFixture {
    private static final int SECONDS = 60;
    private static final int MULTICASTS_PER_SECOND = 500;
    private static final int CONNECTIONS_PER_SECOND = 50;
    private static final int CONNECTIONS_OF_A_PEER = 20;
    private static final int FLOOD_BYTES = 100_000;
    /** The most floods that fit in this memory: each takes more than a KiB. */
    private static final int FLOODS = FLOOD_BYTES / 1024;

    private static final long MOST_GROWTH_BYTES = 8 << 20;
    private static final long SEED = 8991;

    private final Random random = new Random(SEED);
    private final AdversarialMessages bytes = new AdversarialMessages(random, EX3, EX2);
    private final Map<DropReason, Integer> drops = new EnumMap<>(DropReason.class);
    private final Map<CacheKind, Integer> largest = new EnumMap<>(CacheKind.class);
    private final List<ScriptedPeer.Wire> wires = new ArrayList<>();
    private Answer answer = Answer.STEPS;
    private int agreed;
    private int others;
    private int synchronised;

    /** The reactions to invalid requests. */
    private enum Answer {
        STEPS,
        STEPS_AND_RAPID_MODE,
        RAW_CHANNELS
    }

    @ParameterizedTest
    @CsvSource({
        "DATAGRAM, STEPS",
        "STREAM, STEPS",
        "DATAGRAM, STEPS_AND_RAPID_MODE",
        "STREAM, STEPS_AND_RAPID_MODE",
        "DATAGRAM, RAW_CHANNELS"
    })
    void aNodeUnderHostileTrafficKeepsItsBoundsAndServesOthers(LinkKind kind, Answer how) {
        answer = how;
        SimNode victim = network.node("victim");
        SimNode honest = network.node("honest");
        ScriptedPeer hostile = newPeer("hostile");
        network.link("lan", kind, Duration.ofMillis(1), victim, honest, hostile.node);
        GraspEngine engine = start(victim, new GraspObserver() {
            @Override
            public void messageDropped(DropReason reason, MessagePath path) {
                drops.merge(reason, 1, Integer::sum);
            }

            @Override
            public void cacheSize(CacheKind cache, int entries) {
                largest.merge(cache, entries, Math::max);
            }
        });
        offer(engine);
        EngineAsa customer = asa(start(honest, GraspObserver.NONE), "customer");

        long settled = 0;
        for (int second = 1; second <= SECONDS; second++) {
            loop.run(() -> {
                customer.forgetLocators(EX3);
                customer.discover(EX3, Duration.ofMillis(600), new Customer(customer));
            });
            attackForASecond(hostile, victim);
            EngineLoad load = engine.load();
            // A rapid request counts before it has a connection, with the same bound.
            int most = (answer == Answer.STEPS_AND_RAPID_MODE ? 2 : 1) * CONNECTIONS_OF_A_PEER + 2;
            assertThat(load.channels()).as("connections").isLessThanOrEqualTo(most);
            assertThat(load.sessions()).as("sessions").isLessThanOrEqualTo(most);
            if (second == SECONDS / 2) {
                settled = usedHeap();
            }
        }
        long growth = usedHeap() - settled;

        assertThat(agreed).as("negotiations").isEqualTo(SECONDS);
        assertThat(synchronised).as("synchronizations").isEqualTo(SECONDS);
        assertThat(growth).as("growth in bytes after the same time again").isLessThan(MOST_GROWTH_BYTES);
        assertThat(largest.values()).allMatch(entries -> entries <= FLOODS);
        assertThat(drops)
                .containsKeys(
                        DropReason.MALFORMED,
                        DropReason.PEER_CONNECTIONS,
                        DropReason.NOOP,
                        DropReason.UNKNOWN_TYPE,
                        DropReason.WRONG_PATH,
                        DropReason.NOT_SUPPORTED,
                        DropReason.LINK_LOCAL_FLOOD,
                        DropReason.NOT_LISTENING,
                        DropReason.SESSION_CLASH);
        assertThat(others).as("invalid requests").isGreaterThan(CONNECTIONS_OF_A_PEER);
        if (answer != Answer.RAW_CHANNELS) {
            assertThat(drops).containsKeys(DropReason.OBJECTIVE_FLAGS, DropReason.NO_SESSION);
        }
    }

    private void attackForASecond(ScriptedPeer hostile, SimNode victim) {
        for (int turn = 0; turn < CONNECTIONS_PER_SECOND; turn++) {
            for (int i = 0; i < MULTICASTS_PER_SECOND / CONNECTIONS_PER_SECOND; i++) {
                hostile.multicast(bytes.next());
            }
            wires.add(hostile.connect(victim));
            for (int i = random.nextInt(4); i > 0; i--) {
                ScriptedPeer.Wire wire = wires.get(random.nextInt(wires.size()));
                wire.send(random.nextInt(3) == 0 ? bytes.request() : bytes.next());
            }
            if (random.nextBoolean()) {
                ScriptedPeer.Wire wire = wires.get(random.nextInt(wires.size()));
                if (random.nextBoolean()) {
                    wire.abort();
                } else {
                    wire.close();
                }
            }
            loop.advance(Duration.ofSeconds(1).dividedBy(CONNECTIONS_PER_SECOND));
            wires.removeIf(wire -> wire.closed);
            hostile.accepted.clear();
            hostile.multicasts.clear();
            hostile.heard.clear();
        }
    }

    private GraspEngine start(SimNode node, GraspObserver observer) {
        Limits limits =
                Limits.DEFAULTS.withConnectionsPerPeer(CONNECTIONS_OF_A_PEER).withFloodBytes(FLOOD_BYTES);
        return start(EngineConfig.DEFAULTS.withLimits(limits), node, observer);
    }

    private EngineAsa asa(GraspEngine engine, String name) {
        return loop.call(() -> {
            EngineAsa asa = engine.registerAsa(name);
            RegistrationOptions options = RegistrationOptions.DEFAULTS.withRapid(
                    answer == Answer.STEPS_AND_RAPID_MODE ? RapidMode.SESSION : RapidMode.OFF);
            asa.register(EX3, options);
            asa.register(EX2, options);
            return asa;
        });
    }

    /** Accepts every valid request, and leaves the others to their timers. */
    private void offer(GraspEngine engine) {
        EngineAsa asa = asa(engine, "server");
        loop.run(() -> {
            asa.listenSynchronize(EX2, () -> {}).update(EX2.withValue(42).value());
            asa.listenNegotiate(EX3, acceptor(this::answer)).request(Long.MAX_VALUE);
        });
    }

    private void answer(NegotiationSession session) {
        boolean fair = session.inHand().value().toString().equals("\"please\"");
        others += fair ? 0 : 1;
        if (!fair && answer == Answer.RAW_CHANNELS) {
            raw(session);
            return;
        }
        session.take(new IgnoringNegotiationEvents());
        if (fair) {
            session.accept();
        } else if (random.nextBoolean()) {
            session.step(EX3.withValue(2).value(), Duration.ofSeconds(5));
        }
    }

    /** Half of them are never read. */
    private void raw(NegotiationSession session) {
        RawSession raw = session.raw(new RawEvents() {
            @Override
            public void opened() {}

            @Override
            public void received(ObjectiveValue item) {}

            @Override
            public void completed() {}

            @Override
            public void failed(GraspException failure) {}
        });
        if (random.nextBoolean()) {
            raw.request(Long.MAX_VALUE);
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static class IgnoringNegotiationEvents implements NegotiationEvents {
        @Override
        public void offered(Objective offer) {}

        @Override
        public void ended(NegotiationOutcome outcome) {}

        @Override
        public void failed(GraspException failure) {}
    }

    /** Finds the server, and asks it for both objectives. */
    private final class Customer implements DiscoveryEvents {
        private final EngineAsa asa;
        private boolean asked;

        Customer(EngineAsa asa) {
            this.asa = asa;
        }

        @Override
        public void found(AsaLocator locator) {
            if (asked) {
                return;
            }
            asked = true;
            asa.negotiate(EX3.withValue("please"), locator, Duration.ofSeconds(1), new IgnoringNegotiationEvents() {
                @Override
                public void ended(NegotiationOutcome outcome) {
                    agreed++;
                }
            });
            asa.synchronize(EX2, locator, Duration.ofSeconds(1), new SynchronizationEvents() {
                @Override
                public void synchronised(Objective received) {
                    synchronised++;
                }

                @Override
                public void failed(GraspException failure) {
                    throw failure;
                }
            });
        }

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {
            throw failure;
        }
    }
}
