package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerIdentity;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The links to one peer have one share of what is relayed, also one after the other. */
class RelayBudgetTest {
    private static final RelayRate RATE = new RelayRate(20, 20); // 10 of them for each link
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final VirtualLoop loop = new VirtualLoop();
    private final EngineContext context = new EngineContext(
            EngineConfig.DEFAULTS.withRelay(
                    RelayLimits.DEFAULTS.withFloods(RATE).withLinkPercent(50)),
            SimNetwork.create(loop, 1).node("relay"),
            new Random(1),
            GraspObserver.NONE);
    private final List<String> relayed = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final RelayBudget<String> budget = new RelayBudget<>(context, RATE, relayed::add, refused::add);
    private final Link first = new TestLink("first", 5, 5, HERE);
    private final Link second = new TestLink("second", 6, 5, HERE);
    private final Link honest = new TestLink("honest", 7, 7, HERE);
    private long lastId;

    @BeforeEach
    void up() {
        call(() -> List.of(first, second, honest).forEach(context::addLink));
    }

    private void call(Runnable task) {
        loop.execute(task);
        loop.runReady();
    }

    private static TrafficSource source(Link link) {
        return new TrafficSource(link.share(), 0, 1);
    }

    private MulticastKey key() {
        return new MulticastKey(new SessionKey(new SessionId(++lastId), HERE), 0);
    }

    private int take(Link link) {
        int[] taken = new int[1];
        call(() -> {
            while (budget.take(key(), source(link))) {
                taken[0]++;
            }
        });
        return taken[0];
    }

    private void await(Link link, String message) {
        call(() -> assertThat(budget.await(key(), source(link), link, message)).isTrue());
    }

    private void down(Link link) {
        call(() -> {
            context.removeLink(link);
            budget.forget(link);
        });
    }

    @Test
    void whatComesOnALinkIsChargedToItsShare() {
        PeerIdentity peer = new PeerIdentity(AcpNodeName.parse("+peer@example.com"), "0f".repeat(32));
        MessagePath path =
                new MessagePath(MessagePath.Kind.LINK, second.name(), new InetSocketAddress(HERE, 7017), peer);
        assertThat(context.sourceOf(second, path)).isEqualTo(TrafficSource.member(5, peer));
        assertThat(context.sourceOf(second, MessagePath.link(second.name(), new InetSocketAddress(HERE, 7017)))
                        .link())
                .isEqualTo(5);
        assertThat(context.shares()).containsExactlyInAnyOrder(5, 7);
        down(first);
        assertThat(context.shares()).containsExactlyInAnyOrder(5, 7);
        down(second);
        assertThat(context.shares()).containsExactly(7);
    }

    @Test
    void linksWithOneShareHaveOneRate() {
        assertThat(take(first)).isEqualTo(10);
        assertThat(take(second)).isZero();
        assertThat(take(honest)).isEqualTo(10);
    }

    @Test
    void aLinkThatGoesDownAndComesAgainGetsNoNewRate() {
        take(first);
        down(first);
        down(second);
        Link again = new TestLink("again", 8, 5, HERE);
        call(() -> context.addLink(again));
        assertThat(take(again)).isZero();
        loop.advance(Duration.ofMillis(500));
        assertThat(take(again)).as("at 10 a second").isEqualTo(5);
        down(again);
        loop.advance(Duration.ofSeconds(10));
        assertThat(take(new TestLink("later", 9, 5, HERE))).isEqualTo(10);
    }

    @Test
    void whatWaitsIsRefusedWithItsLinkAlone() {
        take(first);
        await(first, "one of the first");
        await(second, "one of the second");
        down(first);
        assertThat(refused).containsExactly("one of the first");
        loop.advance(Duration.ofSeconds(1));
        assertThat(relayed).containsExactly("one of the second");
        take(second);
        await(second, "another one of the second");
        down(second);
        assertThat(refused).containsExactly("one of the first", "another one of the second");
        loop.advance(Duration.ofSeconds(1));
        assertThat(loop.pendingWakeups()).isZero();
    }
}
