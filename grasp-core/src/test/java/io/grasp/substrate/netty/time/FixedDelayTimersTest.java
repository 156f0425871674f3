package io.grasp.substrate.netty.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.util.IntrusiveList;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FixedDelayTimersTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final FixedDelayTimers waits = new FixedDelayTimers(loop, TimeUnit.MILLISECONDS.toNanos(100));
    private final List<String> over = new ArrayList<>();

    private IntrusiveList.Node<?> begin(String name) {
        return loop.call(() -> waits.begin(() -> over.add(name)));
    }

    private void after(long millis) {
        loop.advance(Duration.ofMillis(millis));
    }

    @Test
    void eachTimerFiresAtItsTimeAndNoneIsLeft() {
        begin("a");
        after(10);
        begin("b");
        begin("c");
        assertThat(loop.pendingWakeups()).isEqualTo(1);
        after(89);
        assertThat(over).isEmpty();
        after(1);
        assertThat(over).containsExactly("a");
        after(9);
        assertThat(over).containsExactly("a");
        after(1);
        assertThat(over).containsExactly("a", "b", "c");
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void anEndedTimerDoesNotFire() {
        List<IntrusiveList.Node<?>> begun = new ArrayList<>();
        for (String name : List.of("first", "b", "middle", "d", "last")) {
            begun.add(begin(name));
        }
        loop.run(() -> {
            for (int ended : List.of(0, 2, 4, 4)) {
                begun.get(ended).leave();
            }
        });
        begin("f");
        after(100);
        assertThat(over).containsExactly("b", "d", "f");
        begun.forEach(wait -> loop.run(wait::leave));
        begin("g");
        after(100);
        assertThat(over).containsExactly("b", "d", "f", "g");
    }

    @Test
    void theWakeupOfAnEndedTimerServesTheNextOne() {
        IntrusiveList.Node<?> ended = begin("ended");
        after(60);
        loop.run(ended::leave);
        begin("next");
        after(99);
        assertThat(over).isEmpty();
        after(1);
        assertThat(over).containsExactly("next");
    }

    @Test
    void aFiringTimerMayEndOthersAndStartAnother() {
        List<IntrusiveList.Node<?>> begun = new ArrayList<>();
        loop.run(() -> {
            begun.add(waits.begin(() -> {
                begun.get(1).leave();
                waits.begin(() -> over.add("again"));
            }));
            begun.add(waits.begin(() -> over.add("ended")));
            begun.add(waits.begin(() -> over.add("last")));
        });
        after(100);
        assertThat(over).containsExactly("last");
        after(100);
        assertThat(over).containsExactly("last", "again");
    }

    @Test
    void startingATimerFromAFiringOneDoesNotDelayOthers() {
        loop.run(() -> waits.begin(() -> waits.begin(() -> over.add("again"))));
        after(10);
        begin("between");
        after(100);
        assertThat(over).containsExactly("between");
        after(90);
        assertThat(over).containsExactly("between", "again");
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aTimerThatThrowsDoesNotDelayTheOthers() {
        loop.run(() -> {
            waits.begin(() -> {
                throw new IllegalStateException("on purpose");
            });
            waits.begin(() -> over.add("other"));
        });
        assertThatThrownBy(() -> after(100)).hasMessage("on purpose");
        after(0);
        assertThat(over).containsExactly("other");
    }

    @Test
    void anEndedTimerKeepsNoReferenceToOthers() {
        IntrusiveList.Node<?> held = begin("held");
        WeakReference<Object> other = begunAndEnded(held);
        for (int tries = 0; tries < 50 && other.get() != null; tries++) {
            System.gc();
        }
        assertThat(other.get()).isNull();
        loop.run(held::leave);
    }

    private WeakReference<Object> begunAndEnded(IntrusiveList.Node<?> held) {
        Object value = new Object();
        IntrusiveList.Node<?> wait = loop.call(() -> waits.begin(value::hashCode));
        loop.run(held::leave);
        loop.run(wait::leave);
        return new WeakReference<>(value);
    }

    @Test
    void stoppedTimersNeverFireAndLeaveNoWakeup() {
        IntrusiveList.Node<?> stopped = begin("stopped");
        loop.run(waits::stop);
        assertThat(loop.pendingWakeups()).isZero();
        loop.run(stopped::leave);
        loop.run(waits::stop);
        after(1000);
        assertThat(over).isEmpty();
    }

    @Test
    void aFiringTimerMayStopTheOthers() {
        loop.run(() -> {
            waits.begin(waits::stop);
            waits.begin(() -> over.add("due too"));
        });
        after(50);
        begin("later");
        after(1000);
        assertThat(over).isEmpty();
        assertThat(loop.pendingWakeups()).isZero();
    }
}
