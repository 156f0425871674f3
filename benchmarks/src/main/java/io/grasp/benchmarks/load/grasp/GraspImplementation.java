package io.grasp.benchmarks.load.grasp;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.benchmarks.load.workload.ClosedLoop;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import io.grasp.benchmarks.load.workload.LocalImplementation;
import io.grasp.config.Limits;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.security.Identity;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NettySubstrate;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** This stack, used through its API: two nodes, each on its own loop. */
public final class GraspImplementation implements LocalImplementation {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration LONG = Duration.ofHours(1);
    private static final Objective IDLE =
            Objective.negotiable("EX6").withLoopCount(Objective.MAX_LOOP_COUNT).withValue(1);
    private static final int OPEN_AT_ONCE = 50;
    private static final long OPEN_PAUSE_MILLIS = 20;
    private static final long MAX_OPENING_SECONDS = 60;

    /** A node serves the loopback address only while a link uses it. */
    private static final Retry UNTIL_THE_LINK_IS_UP = Retry.fixedDelay(100, Duration.ofMillis(50));

    private final Grasp responder;
    private final Grasp initiatorNode;
    private final Initiator initiator;

    private final List<Identity> identities;

    private GraspImplementation(
            NettyLoop client, Grasp responder, Grasp initiatorNode, AsaLocator peer, List<Identity> identities) {
        this.responder = responder;
        this.initiatorNode = initiatorNode;
        this.identities = identities;
        Asa gray = required(initiatorNode.registerAsa("Gray"));
        required(gray.register(CountdownNegotiation.request(1)).thenReturn(true));
        this.initiator = new Initiator(client, gray, peer, TIMEOUT);
    }

    /** Starts both nodes on a link of this host. */
    public static GraspImplementation start(String link) {
        NettySubstrate server = NettySubstrate.create(network(link));
        NettySubstrate client = NettySubstrate.create(network(link));
        Grasp responder = required(Grasp.start(config(server)));
        Grasp initiatorNode = required(Grasp.start(config(client)));
        Asa briggs = required(responder.registerAsa("Briggs"));
        serve(briggs);
        CompletableFuture<Integer> port = new CompletableFuture<>();
        server.loop().execute(() -> port.complete(server.port()));
        return new GraspImplementation(client.loop(), responder, initiatorNode, peer(port.join()), List.of());
    }

    /**
     * Starts both nodes as members of a domain, over TLS.
     *
     * @param directory the files with their identities
     * @param port the responder's port
     * @param streams whether all sessions are streams in one connection; otherwise each has its own
     */
    public static GraspImplementation startSecured(Path directory, int port, boolean streams) throws IOException {
        Identity briggsIdentity = SecuredNodes.identity(directory.resolve(SecuredNodes.RESPONDER));
        Identity grayIdentity = SecuredNodes.identity(directory.resolve(SecuredNodes.INITIATOR));
        OverlaySubstrate server = OverlaySubstrate.create(SecuredNodes.overlay(port, streams), briggsIdentity);
        OverlayConfig neighbor = SecuredNodes.overlay(0, streams).withNeighbors("[::1]:" + port);
        OverlaySubstrate client = OverlaySubstrate.create(neighbor, grayIdentity);
        Grasp responder = required(Grasp.start(config(server)));
        Grasp initiatorNode = required(Grasp.start(config(client)));
        serve(required(responder.registerAsa("Briggs")));
        GraspImplementation both = new GraspImplementation(
                client.loop(), responder, initiatorNode, peer(port), List.of(briggsIdentity, grayIdentity));
        required(both.initiator.session(1).retryWhen(UNTIL_THE_LINK_IS_UP));
        return both;
    }

    private static AsaLocator peer(int port) {
        return AsaLocator.of(new Locator.Ipv6(loopback(), Locator.TCP, port));
    }

    /** Makes an ASA answer every negotiation and synchronization. */
    public static void serve(Asa briggs) {
        required(briggs.register(CountdownNegotiation.request(1)).thenReturn(true));
        required(briggs.register(CountdownNegotiation.SERVED).thenReturn(true));
        required(briggs.listenSynchronize(CountdownNegotiation.SERVED));
        briggs.listenNegotiate(CountdownNegotiation.request(1))
                .subscribe(negotiation -> negotiation
                        .converse(offers -> offers.map(CountdownNegotiation::answer))
                        .subscribe(outcome -> {}, failure -> {}));
    }

    public static NettyConfig network(String link) {
        return NettyConfig.defaults()
                .withLinks(link)
                .withAssumeSecure(true)
                .withMaxAcceptedConnections(100_000)
                .withMaxReplies(10_000);
    }

    public static GraspConfig config(Substrate substrate) {
        Limits limits = Limits.DEFAULTS
                .withSessions(100_000)
                .withConnections(100_000)
                .withConnectionsPerPeer(100_000)
                .withPendingReplies(10_000);
        return GraspConfig.defaults().withLimits(limits).withSubstrate(() -> substrate);
    }

    /**
     * Opens negotiations in which neither side makes a move, and waits until the responder has them all. Called once.
     *
     * @param count how many
     * @return closes nothing, but keeps them from being collected
     */
    public List<Object> openIdle(int count) throws InterruptedException {
        List<Object> kept = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch waiting = new CountDownLatch(count);
        Asa briggs = required(responder.registerAsa("Idle"));
        required(briggs.register(IDLE).thenReturn(true));
        briggs.listenNegotiate(IDLE).subscribe(negotiation -> {
            kept.add(negotiation);
            waiting.countDown();
        });
        required(initiator.asa().register(IDLE).thenReturn(true));
        for (int i = 0; i < count; i++) {
            kept.add(initiator
                    .asa()
                    .negotiate(
                            IDLE, RequestOptions.to(initiator.peer()).withTimeout(LONG), offers -> Flux.<Move>never())
                    .subscribe(outcome -> {}, failure -> {}));
            if (i % OPEN_AT_ONCE == 0) {
                Thread.sleep(OPEN_PAUSE_MILLIS);
            }
        }
        if (!waiting.await(MAX_OPENING_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(waiting.getCount() + " negotiations have not been opened");
        }
        return kept;
    }

    @Override
    public void begin(ClosedLoop sessions) {
        initiator.begin(sessions);
    }

    @Override
    public void close() {
        initiatorNode.close();
        responder.close();
        identities.forEach(Identity::close);
    }

    private static Inet6Address loopback() {
        try {
            byte[] one = new byte[16];
            one[15] = 1;
            return (Inet6Address) InetAddress.getByAddress(one);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }

    public static <T> T required(Mono<T> one) {
        return Objects.requireNonNull(one.block(TIMEOUT), "nothing");
    }
}
