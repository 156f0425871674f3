package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.MessageType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A neighbor sends forged floods and discoveries at ten times the relay limit, and loops back everything it receives: the
 * relay keeps to its limits and its memory, and two other nodes find each other and negotiate across it throughout.
 */
class RelayOverloadTest extends EngineFixture {
    private static final RelayRate RATE = RelayLimits.DEFAULTS.floods();
    private static final int FORGED_PER_MILLI = 10 * RATE.perSecond() / 1000;
    private static final int SECONDS = 240;
    private static final long MOST_GROWTH_BYTES = 16 << 20;
    private static final int COLLECTIONS_UNTIL_COMPACT = 4;

    private final Random random = new Random(1);
    private final Map<String, Integer> relayed = new TreeMap<>();
    private int agreed;

    @Test
    void aRelayOfForgedTrafficKeepsItsLimitsAndServesOthers() {
        SimNode middle = network.node("relay");
        SimNode customerNode = network.node("customer");
        SimNode bankerNode = network.node("banker");
        ScriptedPeer forger = newPeer("forger");
        link("f", forger.node, middle);
        link("c", customerNode, middle);
        link("b", bankerNode, middle);
        GraspEngine relay = start(middle, new GraspObserver() {
            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                if (path.link().equals("b") && path.peer() == null) {
                    relayed.merge(MessageType.name(message.type()), 1, Integer::sum);
                }
            }
        });
        EngineAsa banker = asa(start(bankerNode, GraspObserver.NONE), "banker");
        listen(banker);
        EngineAsa customer = asa(start(customerNode, GraspObserver.NONE), "customer");

        long settled = 0;
        for (int second = 1; second <= SECONDS; second++) {
            loop.run(() -> {
                customer.forgetLocators(EX3);
                customer.discover(EX3, Duration.ofMillis(600), new Negotiating(customer));
            });
            for (int milli = 0; milli < 1000; milli++) {
                for (int i = 0; i < FORGED_PER_MILLI; i++) {
                    forger.multicast(forgedFlood());
                    forger.multicast(
                            new Discovery(anyId(), anyAddress(), Objective.negotiable("X" + random.nextInt())));
                }
                loopBack(forger);
                loop.advance(Duration.ofMillis(1));
            }
            if (second == SECONDS / 2) {
                settled = usedHeap();
            }
        }
        long growth = usedHeap() - settled;

        assertThat(agreed).as("negotiations").isEqualTo(SECONDS);
        int most = RATE.burst() / 2 + SECONDS * RATE.perSecond() / 2;
        assertThat(relayed.get("M_FLOOD")).isBetween(most * 9 / 10, most + 1);
        assertThat(relayed.get("M_DISCOVERY")).isBetween(most * 9 / 10, most + 1 + SECONDS);
        assertThat(growth).as("growth in bytes after two more minutes").isLessThan(MOST_GROWTH_BYTES);
        assertThat(relay.load().sessions()).isLessThanOrEqualTo(RelayLimits.DEFAULTS.sessions());
    }

    private GraspEngine start(SimNode node, GraspObserver observer) {
        return start(EngineConfig.DEFAULTS, node, observer);
    }

    private EngineAsa asa(GraspEngine engine, String name) {
        return loop.call(() -> {
            EngineAsa asa = engine.registerAsa(name);
            asa.register(EX3, RegistrationOptions.DEFAULTS);
            return asa;
        });
    }

    private void listen(EngineAsa banker) {
        loop.run(() -> banker.listenNegotiate(EX3, acceptor(session -> {
                    session.take(new Agreeing(false));
                    session.accept();
                }))
                .request(Long.MAX_VALUE));
    }

    /** Messages that the relay sends on the forger's link come back with a new loop count. */
    private static void loopBack(ScriptedPeer forger) {
        List<byte[]> heard = List.copyOf(forger.heard);
        forger.heard.clear();
        forger.multicasts.clear();
        forger.accepted.clear();
        heard.forEach(forger::multicast);
    }

    private Flood forgedFlood() {
        Objective objective = Objective.synchronizable("X" + random.nextInt()).withValue(1);
        return new Flood(anyId(), anyAddress(), 0, List.of(TaggedObjective.untagged(objective)));
    }

    private SessionId anyId() {
        return new SessionId(random.nextInt() & 0xFFFF_FFFFL);
    }

    private InetAddress anyAddress() {
        byte[] address = new byte[16];
        random.nextBytes(address);
        address[0] = (byte) 0xFD;
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * The bytes of live objects. The serial collector compacts the heap in each fourth full collection only; in the others it leaves up to
     * a twentieth of the old generation as it is and counts that as used, which in a large heap is more than this test's bound.
     */
    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS_UNTIL_COMPACT; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** Negotiates with the first locator found. */
    private final class Negotiating implements DiscoveryEvents {
        private final EngineAsa asa;
        private boolean asked;

        Negotiating(EngineAsa asa) {
            this.asa = asa;
        }

        @Override
        public void found(AsaLocator locator) {
            if (!asked) {
                asked = true;
                asa.negotiate(EX3.withValue(1), locator, Duration.ofSeconds(1), new Agreeing(true));
            }
        }

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {
            throw failure;
        }
    }

    /** Counts the agreements, at the initiator. */
    private final class Agreeing implements NegotiationEvents {
        private final boolean asked;

        Agreeing(boolean asked) {
            this.asked = asked;
        }

        @Override
        public void offered(Objective offer) {
            throw new AssertionError("unexpected offer: " + offer);
        }

        @Override
        public void ended(NegotiationOutcome outcome) {
            if (asked && outcome instanceof NegotiationOutcome.Accepted) {
                agreed++;
            }
        }

        @Override
        public void failed(GraspException failure) {
            throw failure;
        }
    }
}
