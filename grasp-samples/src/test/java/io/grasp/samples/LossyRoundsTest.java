package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.Timeouts;
import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.asa.Briggs;
import io.grasp.samples.asa.Gray;
import io.grasp.samples.asa.NegotiationReport;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/**
 * Rounds of Gray and Briggs over a link that loses three packets of ten, has a round trip of 100 ms, and duplicates and reorders packets. TCP
 * corrects this for connections, and repeated discoveries for multicasts: a round fails only if every try of its discovery was lost, the
 * discovery or its answer, and these rounds are counted separately.
 */
class LossyRoundsTest {
    private static final Duration BUDGET = Duration.ofSeconds(10);
    private static final LinkConditions LOSSY = LinkConditions.PERFECT
            .withDelay(Duration.ofMillis(50))
            .withJitter(Duration.ofMillis(5))
            .withLoss(0.3)
            .withDuplication(0.1)
            .withReordering(0.1);

    @Test
    void twentyRoundsSucceedOnALossyLink() {
        play(20, 0);
    }

    @Test
    @Tag("long")
    void twoHundredRoundsFailOnlyIfTheDiscoveryIsLost() {
        play(200, 6);
    }

    private static void play(int rounds, int withoutDiscovery) {
        List<String> undiscovered = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (long seed = 1; seed <= rounds; seed++) {
            Result result = round(seed);
            String line = "seed " + seed + ": " + result.round.describe() + ", " + result.tries + " tries";
            if (result.round.hasFailed()) {
                (result.isUndiscovered() ? undiscovered : failed).add(line);
            }
        }
        assertThat(failed).isEmpty();
        assertThat(undiscovered)
                .hasSize(withoutDiscovery)
                .allSatisfy(line -> assertThat(line).contains("3 tries"));
    }

    private record Result(NegotiationReport round, int tries) {
        boolean isUndiscovered() {
            return Objects.requireNonNullElse(round.reason(), "").startsWith("Discovery failed");
        }
    }

    private static Result round(long seed) {
        VirtualLoop loop = new VirtualLoop();
        SimNetwork network = SimNetwork.create(loop, seed);
        SimNode briggs = network.node("briggs");
        SimNode gray = network.node("gray");
        network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(50), briggs, gray)
                .setConditions(LOSSY);
        int[] tries = new int[1];
        Grasp banker = start(loop, briggs, seed, GraspObserver.NONE);
        Grasp customer = start(loop, gray, ~seed, new GraspObserver() {
            @Override
            public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                tries[0] += message instanceof Discovery ? 1 : 0;
            }
        });
        Disposable business = new Briggs(
                        banker.scheduler(),
                        Clock.fixed(Town.NOON, ZoneOffset.UTC),
                        new Random(seed),
                        line -> {},
                        round -> {})
                .run(banker)
                .subscribe();
        loop.runReady();
        List<NegotiationReport> rounds = new ArrayList<>();
        new Gray(customer.scheduler(), new Random(seed), line -> {})
                .run(customer, 1, Duration.ZERO)
                .subscribe(rounds::add);
        assertThat(loop.runUntil(() -> !rounds.isEmpty(), Duration.ofMinutes(10)))
                .isTrue();
        business.dispose();
        customer.closeAsync().subscribe();
        banker.closeAsync().subscribe();
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
        return new Result(rounds.get(0), tries[0]);
    }

    private static Grasp start(VirtualLoop loop, SimNode at, long seed, GraspObserver observer) {
        List<Grasp> started = new ArrayList<>();
        Grasp.start(GraspConfig.defaults()
                        .withSubstrate(() -> at)
                        .withRandom(() -> new Random(seed))
                        .withObserver(observer)
                        .withTimeouts(Timeouts.DEFAULTS.withOperation(BUDGET)))
                .subscribe(started::add);
        loop.runReady();
        return started.get(0);
    }
}
