package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.MemoryCheck;
import io.grasp.config.RelayLimits;
import io.grasp.model.GraspException;
import io.grasp.model.MemoryNeed;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NettySubstrate;
import io.grasp.substrate.sim.SchedulerLoop;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** The memory that nodes may need is known, and a process that has less warns when they start. */
class ProcessMemoryTest {
    private static final int MIB = 1 << 20;
    private static final NettyConfig NO_LINKS = NettyConfig.defaults().withoutLinks();
    /** More than any JVM of these tests has. */
    private static final Limits HUGE = Limits.DEFAULTS.withSessions(1 << 30);

    private final List<MemoryNeed> warnings = new ArrayList<>();

    private GraspConfig config(Limits limits) {
        return GraspConfig.defaults().withNetwork(NO_LINKS).withLimits(limits).withObserver(new GraspObserver() {
            @Override
            public void memoryMayBeExceeded(MemoryNeed nodes, long heapBytes, long directBytes) {
                warnings.add(nodes);
            }
        });
    }

    private static Grasp start(GraspConfig config) {
        Grasp grasp = Grasp.start(config).block();
        assertThat(grasp).isNotNull();
        return grasp;
    }

    private static void startAndClose(GraspConfig config) {
        start(config).close();
    }

    @Test
    void aRelayWithDefaultsFitsInAHeapOf64MiB() {
        MemoryNeed worst = GraspConfig.defaults().worstCase();

        assertThat(worst.heapBytes()).isBetween(16L * MIB, 48L * MIB);
        assertThat(worst.directBytes()).isBetween(1L * MIB, 64L * MIB);
        assertThat(ProcessMemory.of(64L * MIB, 64L * MIB).isExceededBy(worst)).isFalse();
        assertThat(ProcessMemory.of(48L * MIB, 64L * MIB).isExceededBy(worst)).isTrue();
        assertThat(ProcessMemory.of(64L * MIB, 8L * MIB).isExceededBy(worst)).isTrue();
    }

    @Test
    void everyBudgetCountsOnce() {
        EngineConfig defaults = EngineConfig.DEFAULTS;
        long before = defaults.worstCase().heapBytes();
        Limits limits = Limits.DEFAULTS
                .withFloodBytes(Limits.DEFAULTS.floodBytes() + 1)
                .withOwnFloodBytes(Limits.DEFAULTS.ownFloodBytes() + 2)
                .withDiscoveryBytes(Limits.DEFAULTS.discoveryBytes() + 4)
                .withRelayedLocatorBytes(Limits.DEFAULTS.relayedLocatorBytes() + 8)
                .withRememberedBytes(Limits.DEFAULTS.rememberedBytes() + 16);

        assertThat(defaults.withLimits(limits).worstCase().heapBytes()).isEqualTo(before + 31);
        List<Limits> larger = List.of(
                limits.withSessions(limits.sessions() + 1),
                limits.withConnections(limits.connections() + 1),
                limits.withPendingReplies(limits.pendingReplies() + 1),
                limits.withLocators(limits.locators() + 1),
                limits.withRememberedSessions(limits.rememberedSessions() + 1));
        assertThat(larger)
                .allSatisfy(
                        each -> assertThat(defaults.withLimits(each).worstCase().heapBytes())
                                .isGreaterThan(before + 31));
        assertThat(defaults.withRelay(RelayLimits.DEFAULTS.withSessions(2000))
                        .worstCase()
                        .heapBytes())
                .isGreaterThan(before);
    }

    @Test
    void nodesCountTogetherFromTheirStartUntilTheyAreClosed() {
        long before = NettyLoop.memoryOfProcess().heapBytes();
        long one = GraspConfig.defaults().withNetwork(NO_LINKS).worstCase().heapBytes();
        Grasp first = start(config(Limits.DEFAULTS));
        Grasp second = start(config(Limits.DEFAULTS));
        Grasp shared = second.startOnSharedLoop(config(Limits.DEFAULTS)).block();
        assertThat(NettyLoop.memoryOfProcess().heapBytes()).isEqualTo(before + 3 * one);
        assertThat(NettyLoop.memoryOfProcess().parts())
                .extracting(MemoryNeed.Part::name)
                .as("each resource once")
                .doesNotHaveDuplicates();
        first.close();
        assertThat(NettyLoop.memoryOfProcess().heapBytes()).isEqualTo(before + 2 * one);
        assertThat(shared).isNotNull();
        shared.close();
        assertThat(NettyLoop.memoryOfProcess().heapBytes()).isEqualTo(before + one);
        second.close();
        assertThat(NettyLoop.memoryOfProcess().heapBytes()).isEqualTo(before);
    }

    @Test
    void aNodeIsRefusedAsLongAsAnotherLeavesTooLittle() {
        long sixTenths = Runtime.getRuntime().maxMemory() / 10 * 6;
        long one = Limits.DEFAULTS.worstCase().heapBytes();
        long more = Limits.DEFAULTS
                .withSessions(2 * Limits.DEFAULTS.sessions())
                .worstCase()
                .heapBytes();
        long ofSession = (more - one) / Limits.DEFAULTS.sessions();
        GraspConfig refusing = config(Limits.DEFAULTS.withSessions((int) (sixTenths / ofSession)))
                .withMemoryCheck(MemoryCheck.REFUSE);

        Grasp first = start(refusing);
        assertThatThrownBy(() -> start(refusing)).hasMessageContaining("the nodes of this process may need");
        assertThatThrownBy(() -> first.startOnSharedLoop(refusing).block())
                .hasMessageContaining("the nodes of this process may need");
        first.close();
        startAndClose(refusing);
        assertThat(warnings).isEmpty();
    }

    @Test
    void simulatedNodesDoNotCount() {
        long before = NettyLoop.memoryOfProcess().heapBytes();
        SimNode node =
                SimNetwork.create(new SchedulerLoop(Schedulers.parallel()), 1).node("simulated");
        Grasp simulated = start(config(HUGE).withMemoryCheck(MemoryCheck.REFUSE).withSubstrate(() -> node));
        assertThat(NettyLoop.memoryOfProcess().heapBytes()).isEqualTo(before);
        simulated.close();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aNodeOnALoopOfTheApplicationCountsItself() {
        LoopResources application = LoopResources.create("application", 1, true);
        NettyLoop loop = NettyLoop.on(application);
        GraspConfig fits = config(Limits.DEFAULTS)
                .withMemoryCheck(MemoryCheck.REFUSE)
                .withSubstrate(() -> NettySubstrate.on(loop, NO_LINKS));
        try {
            startAndClose(fits);
            assertThatThrownBy(() -> start(fits.withLimits(HUGE)))
                    .hasMessageContaining("the nodes of this process may need");
            startAndClose(fits);
        } finally {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            closed.join();
            application.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
        }
    }

    @Test
    void aNodeThatMayNeedTooMuchIsReportedOrRefusedBySetting() {
        startAndClose(config(HUGE));
        assertThat(warnings).hasSize(1);
        startAndClose(config(HUGE).withMemoryCheck(MemoryCheck.OFF));
        assertThat(warnings).hasSize(1);
        GraspConfig refusing = config(HUGE).withMemoryCheck(MemoryCheck.REFUSE);
        assertThatThrownBy(() -> Grasp.start(refusing).block())
                .isInstanceOf(GraspException.class)
                .hasMessageContaining("MiB of heap")
                .hasMessageContaining("sessions");
        assertThat(warnings).hasSize(1);
        startAndClose(config(Limits.DEFAULTS).withMemoryCheck(MemoryCheck.REFUSE));
        assertThat(warnings).as("refused and closed nodes need nothing").hasSize(1);
    }
}
