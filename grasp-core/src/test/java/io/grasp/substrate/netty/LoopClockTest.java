package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopClockTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final long SHORT = LoopClock.SHORTEST_SLEEP_NANOS - 1;

    private final AtomicLong awake = new AtomicLong(-5);
    private final AtomicLong boot = new AtomicLong(7 * HOUR);
    private final LoopClock clock = new LoopClock(awake::get, boot::get);

    private void pass(long nanos) {
        awake.addAndGet(nanos);
        boot.addAndGet(nanos);
    }

    @Test
    void timeAsleepIsAddedOnce() {
        assertThat(clock.catchUp())
                .as("the first reading only initializes the comparison")
                .isFalse();
        pass(3);
        assertThat(clock.catchUp()).isFalse();
        assertThat(clock.nanoTime()).isEqualTo(-2);
        boot.addAndGet(HOUR);
        assertThat(clock.nanoTime()).as("not noticed yet").isEqualTo(-2);
        assertThat(clock.catchUp()).isTrue();
        assertThat(clock.nanoTime()).isEqualTo(HOUR - 2);
        pass(4);
        assertThat(clock.catchUp()).isFalse();
        assertThat(clock.nanoTime()).isEqualTo(HOUR + 2);
    }

    @Test
    void shortSleepsAddUp() {
        clock.catchUp();
        boot.addAndGet(SHORT);
        assertThat(clock.catchUp()).isFalse();
        boot.addAndGet(SHORT);
        assertThat(clock.catchUp()).isTrue();
        assertThat(clock.nanoTime()).isEqualTo(-5 + 2 * SHORT);
    }

    @Test
    void theClockNeverGoesBack() {
        clock.catchUp();
        boot.addAndGet(-HOUR); // for example a container that reports its own uptime
        assertThat(clock.catchUp()).isFalse();
        assertThat(clock.nanoTime()).isEqualTo(-5);
        boot.addAndGet(HOUR / 2);
        assertThat(clock.catchUp()).isTrue();
        assertThat(clock.nanoTime()).isEqualTo(-5 + HOUR / 2);
    }

    @Test
    void clocksThatAreReadTooFarApartAreNotCompared() {
        clock.catchUp();
        List<Long> reads = new ArrayList<>(List.of(0L, HOUR));
        LoopClock interrupted = new LoopClock(() -> reads.size() > 1 ? reads.remove(0) : reads.get(0), () -> HOUR);
        assertThat(interrupted.catchUp()).isFalse();
        assertThat(interrupted.catchUp()).as("that was the first reading").isFalse();
    }

    @Test
    void noTimeIsAddedWhereTheTimeSinceBootIsUnknown() {
        LoopClock ignorant = new LoopClock(awake::get, () -> LoopClock.UNKNOWN);
        ignorant.catchUp();
        awake.addAndGet(HOUR);
        assertThat(ignorant.catchUp()).isFalse();
        assertThat(ignorant.nanoTime()).isEqualTo(awake.get());
    }

    @Test
    void smallCorrectionsOfTheWallClockAreNotTakenForSleep() {
        AtomicLong wallMillis = new AtomicLong(1_700_000_000_000L);
        LoopClock byWall = LoopClock.byWallClock(awake::get, wallMillis::get);
        byWall.catchUp();
        wallMillis.addAndGet(9_000);
        assertThat(byWall.catchUp()).isFalse();
        wallMillis.addAndGet(Duration.ofHours(1).toMillis());
        assertThat(byWall.catchUp()).isTrue();
        assertThat(byWall.nanoTime())
                .isEqualTo(awake.get() + HOUR + Duration.ofSeconds(9).toNanos());
        wallMillis.addAndGet(-Duration.ofHours(1).toMillis());
        assertThat(byWall.catchUp()).as("set back").isFalse();
        assertThat(byWall.catchUp()).isFalse();
    }

    @Test
    void theClockOfThisMachineDetectsNoSleep() {
        LoopClock machine = LoopClock.ofMachine();
        assertThat(machine.catchUp()).isFalse();
        assertThat(machine.catchUp()).as("the machine has not slept").isFalse();
    }

    @Test
    @Proves("8990-2.2-6")
    void wakeupsDueDuringSleepRunInOrderOnWaking() {
        NettyLoop loop = NettyLoop.on(clock);
        List<String> woken = new CopyOnWriteArrayList<>();
        loop.execute(() -> {
            loop.catchUp();
            loop.wakeAt(loop.nanoTime() + 2 * HOUR, () -> woken.add("later"));
            loop.wakeAt(loop.nanoTime() + HOUR, () -> woken.add("second"));
            loop.wakeAt(loop.nanoTime() + HOUR / 2, () -> woken.add("first"));
            loop.wakeAt(loop.nanoTime() + HOUR / 3, () -> woken.add("cancelled"))
                    .cancel();
            boot.addAndGet(HOUR);
            loop.catchUp();
        });
        Await.until("two wakeups", () -> woken.size() == 2);
        assertThat(woken).containsExactly("first", "second");
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("end of the loop", closed);
    }

    @Test
    @Proves("8990-2.2-6")
    void aSubstrateDetectsThatTheMachineHasSlept() {
        AtomicLong slept = new AtomicLong();
        AtomicInteger looks = new AtomicInteger();
        NettyLoop loop = NettyLoop.on(new LoopClock(System::nanoTime, () -> {
            long now = System.nanoTime() + slept.get();
            looks.incrementAndGet();
            return now;
        }));
        NettyConfig config = NettyConfig.defaults().withoutLinks().withInterfacePoll(Duration.ofMillis(10));
        List<String> woken = new CopyOnWriteArrayList<>();
        try (NettyNode ignored = NettyNode.started(loop, config)) {
            loop.execute(() -> {
                loop.wakeAt(loop.nanoTime() + 2 * HOUR, () -> woken.add("later"));
                loop.wakeAt(loop.nanoTime() + HOUR / 2, () -> woken.add("due"));
            });
            Await.until("looks at the clocks", () -> looks.get() > 3);
            assertThat(woken).isEmpty();
            slept.set(HOUR);
            Await.until("the wakeup", () -> !woken.isEmpty());
            assertThat(woken).containsExactly("due");
        } finally {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
        }
    }

    /** As in the time before a node polls its interfaces for the first time. */
    @Test
    void aSleepBetweenTheCreationOfALoopAndItsFirstLookCounts() {
        NettyLoop loop = NettyLoop.on(clock);
        try {
            long before = loop.nanoTime();
            boot.addAndGet(HOUR);
            loop.catchUp();
            assertThat(loop.nanoTime() - before).isEqualTo(HOUR);
        } finally {
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            loop.close(failure -> ended.complete(true));
            Await.result("the end of the loop", ended);
        }
    }
}
