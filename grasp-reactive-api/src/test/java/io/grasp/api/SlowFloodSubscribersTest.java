package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.engine.ScriptedPeer;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Flood;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Floods that wait for subscribers take a bounded memory, which is shared by the neighbors that they came from. */
class SlowFloodSubscribersTest extends OneNode {
    private static final int MANY = 100;

    private int ids;

    @BeforeEach
    @Override
    void start() {
        start(config -> config.withLimits(Limits.DEFAULTS.withWaitingFloodBytes(Limits.LEAST_BYTES)));
    }

    private void flood(ScriptedPeer from, int number) {
        Locator tag = new Locator.Ipv6(locator(from.node).address(), Locator.TCP, number);
        from.multicast(new Flood(
                new SessionId(ids++),
                from.node.addresses().get(0),
                60_000,
                List.of(new TaggedObjective(EX2.withValue(number), tag))));
        moment();
    }

    private List<Integer> received(Collected<FloodedObjective> slow) {
        slow.request(Long.MAX_VALUE);
        moment();
        return slow.values().stream()
                .map(flooded -> flooded.objective().value().as(Integer.class))
                .toList();
    }

    @Test
    void aNeighborThatFloodsMuchDisplacesOnlyItsOwnFloodsAndTheLatestStay() {
        Collected<FloodedObjective> slow = new Collected<>(world, asa.floods("EX2"), 0);
        flood(peer, 1);
        flood(beyond, 2);
        IntStream.rangeClosed(3, MANY).forEach(number -> flood(peer, number));

        List<Integer> received = received(slow);
        assertThat(received).contains(2, MANY).hasSizeBetween(4, MANY / 4);
        slow.cancel();
    }
}
