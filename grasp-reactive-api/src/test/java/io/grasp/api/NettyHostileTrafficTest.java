package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.wire.AdversarialMessages;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Malformed and hostile traffic on real sockets: the node keeps to its bounds, and serves another neighbor throughout. */
class NettyHostileTrafficTest extends NettyTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final int ROUNDS = 25;
    private static final int MULTICASTS = 200;
    private static final int CONNECTIONS = 40;
    private static final int CONNECTIONS_OF_A_PEER = 20;
    private static final int FLOODS = 50;
    private static final long SEED = 8991;

    private final Random random = new Random(SEED);
    private final AdversarialMessages bytes = new AdversarialMessages(random, EX3, EX2);
    private final Map<DropReason, AtomicInteger> drops = new ConcurrentHashMap<>();
    private final AtomicInteger floods = new AtomicInteger();
    private final Deque<Socket> sockets = new ArrayDeque<>();

    @Test
    void aNodeUnderHostileTrafficKeepsItsBoundsAndServesOthers() throws IOException {
        Grasp victim = world.start(config -> config.withLimits(Limits.DEFAULTS
                        .withConnectionsPerPeer(CONNECTIONS_OF_A_PEER)
                        .withFloodBytes(FLOODS * 1024))
                .withTimeouts(Timeouts.DEFAULTS.withOwnMove(Duration.ofSeconds(1)))
                .withObserver(new GraspObserver() {
                    @Override
                    public void messageDropped(DropReason reason, MessagePath path) {
                        drops.computeIfAbsent(reason, key -> new AtomicInteger())
                                .incrementAndGet();
                    }

                    @Override
                    public void cacheSize(CacheKind cache, int entries) {
                        if (cache == CacheKind.FLOOD) {
                            floods.accumulateAndGet(entries, Math::max);
                        }
                    }
                }));
        Grasp honest = world.start();
        InetAddress onLink = world.awaitOne(victim.links()).get(0).linkLocalAddress();
        Asa server = asa(victim, "server");
        Asa customer = asa(honest, "customer");
        SynchronizationResponder served = world.awaitOne(server.listenSynchronize(EX2.withValue(42)));
        Collected<Negotiation> listening = world.collect(server.listenNegotiate(EX3)
                .filter(negotiation ->
                        negotiation.objective().value().toString().equals("\"please\""))
                .flatMap(Negotiation::accept));
        world.awaitOne(victim.load()); // returns after a turn of the loop, which reads its sockets before it runs tasks
        AsaLocator peer = world.awaitOne(
                customer.discover(EX3, world.moment().multipliedBy(20)).next());

        NetworkInterface link = NetworkInterface.getByName(NettyWorld.LINK);
        try (MulticastSocket multicasts = new MulticastSocket(0)) {
            multicasts.setNetworkInterface(link);
            InetSocketAddress all = new InetSocketAddress(InetAddress.getByName("ff02::13%" + NettyWorld.LINK), 7017);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < MULTICASTS; i++) {
                    byte[] message = bytes.next();
                    multicasts.send(new DatagramPacket(message, message.length, all));
                }
                attackByConnections(new InetSocketAddress(onLink, peer.locator().port()));

                NegotiationOutcome outcome = world.awaitOne(customer.negotiate(
                        EX3.withValue("please"), peer, offers -> offers.map(offer -> Move.accept())));
                assertThat(outcome).isInstanceOf(NegotiationOutcome.Accepted.class);
                Objective synchronised = world.awaitOne(customer.synchronize(EX2, peer));
                assertThat(synchronised.value().as(Integer.class)).isEqualTo(42);
                EngineLoad load = world.awaitOne(victim.load());
                assertThat(load.channels()).isLessThanOrEqualTo(CONNECTIONS_OF_A_PEER + 2);
                assertThat(load.sessions()).isLessThanOrEqualTo(CONNECTIONS_OF_A_PEER + 2);
            }
        }
        for (Socket socket : sockets) {
            socket.close();
        }

        assertThat(floods.get()).isPositive().isLessThanOrEqualTo(FLOODS);
        assertThat(drops).containsKeys(DropReason.MALFORMED, DropReason.PEER_CONNECTIONS, DropReason.WRONG_PATH);
        listening.cancel();
        world.await(served.stop());
        world.awaitNoResidue(victim);
        world.awaitNoResidue(honest);
    }

    private Asa asa(Grasp node, String name) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        world.await(asa.register(EX3));
        world.await(asa.register(EX2));
        return asa;
    }

    /** From an address other than the well-behaved neighbor's. */
    private void attackByConnections(InetSocketAddress victim) throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = new Socket();
            try {
                socket.connect(victim);
                for (int messages = random.nextInt(3); messages > 0; messages--) {
                    socket.getOutputStream().write(random.nextInt(3) == 0 ? bytes.request() : bytes.next());
                }
            } catch (IOException reset) {
                // expected
            }
            sockets.add(socket);
            if (sockets.size() > CONNECTIONS_OF_A_PEER) {
                Socket oldest = sockets.remove();
                if (random.nextBoolean()) {
                    oldest.setSoLinger(true, 0); // a reset
                }
                oldest.close();
            }
        }
    }
}
