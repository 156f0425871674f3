package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.wire.Flood;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an ASA sees of the floods of its own and of other nodes (RFC 8990 section 2.5.6.2). */
class FloodsTest extends TwoLinkFixture {
    private static final Locator TAG = new Locator.Fqdn("a.example.com", Locator.TCP, 443);

    private Flood flood(int id, int value, Locator tag) {
        return new Flood(
                new SessionId(id), addressOf(peer), 60_000, List.of(new TaggedObjective(EX2.withValue(value), tag)));
    }

    private final class Watch implements FloodEvents {
        private final List<Integer> values = new ArrayList<>();
        private final List<FloodedObjective> floods = new ArrayList<>();
        private int stops;

        @Override
        public void flooded(FloodedObjective objective, TrafficSource source) {
            floods.add(objective);
            values.add(objective.objective().value().as(Integer.class));
        }

        @Override
        public void stopped() {
            stops++;
        }

        Cancellable begin(EngineAsa by) {
            return loop.call(() -> by.watchFloods("EX2", this));
        }
    }

    private void send(Flood flood) {
        peer.multicast(flood);
        moment();
    }

    @Test
    void aRepeatedFloodIsReportedOnceWhateverItsTag() {
        Watch watch = new Watch();
        watch.begin(asa);
        for (Locator tag : new Locator[] {null, TAG}) {
            int id = tag == null ? 1 : 2;
            send(flood(id, id, tag));
            loop.advance(Duration.ofSeconds(10));
            send(flood(id, id, tag));
        }

        assertThat(watch.values).containsExactly(1, 2);
        assertThat(observed.processedFloods).hasSize(2);
        assertThat(observed.foreignDrops()).containsOnly(entry(DropReason.DUPLICATE, 2));
        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .extracting(FloodedObjective::locator, FloodedObjective::expiresNanos)
                .as("a repetition does not renew an entry")
                .containsExactly(
                        tuple(null, watch.floods.get(0).expiresNanos()),
                        tuple(TAG, watch.floods.get(1).expiresNanos()));
    }

    @Test
    void aWatchBeginsWithTheCachedFloods() {
        send(flood(1, 1, null));
        send(flood(2, 2, TAG));
        Watch watch = new Watch();
        watch.begin(asa);
        assertThat(watch.values).containsExactly(1, 2);

        send(flood(3, 3, null));
        assertThat(watch.values).containsExactly(1, 2, 3);
    }

    @Test
    void aCancelledWatchLeavesTheOthers() {
        Watch first = new Watch();
        Watch second = new Watch();
        Cancellable cancelled = first.begin(asa);
        Cancellable later = second.begin(asa);
        send(flood(1, 1, null));
        loop.run(cancelled::cancel);
        loop.run(cancelled::cancel);
        send(flood(2, 2, null));
        loop.run(later::cancel);
        send(flood(3, 3, null));

        assertThat(first.values).containsExactly(1);
        assertThat(second.values).containsExactly(1, 2);
        loop.run(asa::deregister);
        assertThat(first.stops + second.stops)
                .as("a caller that cancels is not notified")
                .isZero();
    }

    @Test
    void theEndOfAnAsaStopsItsWatchesOnly() {
        EngineAsa reader = loop.call(() -> engine.registerAsa("reader"));
        Watch ended = new Watch();
        Watch remaining = new Watch();
        ended.begin(asa);
        remaining.begin(reader);
        loop.run(asa::deregister);
        send(flood(1, 1, null));

        assertThat(ended.stops).isEqualTo(1);
        assertThat(ended.values).isEmpty();
        assertThat(remaining.stops).isZero();
        assertThat(remaining.values).containsExactly(1);
    }

    @Test
    void theRemainingTimeOfAFloodAndTheTimeOfItsEndAreKnown() {
        Watch watch = new Watch();
        watch.begin(asa);
        send(flood(1, 1, null));
        FloodedObjective fresh = watch.floods.get(0);
        assertThat(fresh.ttl()).isEqualTo(Duration.ofSeconds(60));
        loop.advance(Duration.ofSeconds(20));

        assertThat(loop.call(() -> asa.getFlood("EX2"))).singleElement().satisfies(later -> {
            assertThat(later.expiresNanos()).isEqualTo(fresh.expiresNanos());
            assertThat(later.ttl()).isEqualTo(later.expires().minus(loop.now()));
            assertThat(later.ttl()).isLessThan(Duration.ofSeconds(41)).isGreaterThan(Duration.ofSeconds(39));
        });
    }

    @Test
    void aFloodOfTheNodeItselfIsReportedToItsAsas() {
        Watch watch = new Watch();
        watch.begin(asa);
        loop.run(() -> asa.flood(
                List.of(TaggedObjective.untagged(EX2.withValue(7))), Duration.ofMinutes(1), Completion.IGNORED));
        moment();

        assertThat(watch.values).containsExactly(7);
    }
}
