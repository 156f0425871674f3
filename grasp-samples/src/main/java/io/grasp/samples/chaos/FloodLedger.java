package io.grasp.samples.chaos;

import io.grasp.model.FloodedObjective;
import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records which floods were sent and which ASAs received them; each flood has a unique value. */
final class FloodLedger {
    /** Twice GRASP_DEF_TIMEOUT, by the node's own clock. */
    private static final Duration MEMORY = Duration.ofMinutes(2);

    private final RunState world;
    private final Map<ObjectiveValue, Sent> sent = new LinkedHashMap<>();
    private final Map<Arrival, Long> arrivals = new HashMap<>();

    FloodLedger(RunState world) {
        this.world = world;
    }

    void sent(NodeAsas host, ObjectiveValue value, int loopCount) {
        sent.put(value, new Sent(host, loopCount, world.topology.distances(host.number())));
    }

    /** An ASA received a flood; floods changed by links are ignored. */
    void arrived(NodeAsas host, int life, FloodedObjective flooded) {
        ObjectiveValue value = flooded.objective().value();
        Sent flood = sent.get(value);
        if (!world.run.isIntact()) {
            return;
        }
        if (flood == null) {
            world.run.violated(AsaRules.FLOOD_REACH, host + " received " + value + ", which no ASA has flooded");
            return;
        }
        if (flood.distance(host) > flood.loopCount()) {
            world.run.violated(AsaRules.FLOOD_REACH, host + " received " + describe(value, flood) + ", but is farther");
        }
        long now = host.node().node().loop().nanoTime();
        @Nullable Long before = arrivals.put(new Arrival(host, life, value), now);
        if (!world.forgetful && before != null && now - before < MEMORY.toNanos()) {
            world.run.violated(AsaRules.FLOOD_ONCE, host + " received " + describe(value, flood) + " again");
        }
    }

    /** Checks that each flood reached all nodes that it should; only if no fault can have prevented that. */
    void finish() {
        if (!world.run.isLossless()) {
            return;
        }
        sent.forEach((value, flood) -> world.hosts.stream()
                .filter(host -> flood.distance(host) <= flood.loopCount())
                .filter(host -> !arrivals.containsKey(new Arrival(host, host.life(), value)))
                .forEach(host ->
                        world.run.violated(AsaRules.FLOOD_REACH, host + " never received " + describe(value, flood))));
    }

    private static String describe(ObjectiveValue value, Sent flood) {
        return value + ", flooded by " + flood.host() + " with loop count " + flood.loopCount();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(NodeAsas host, int loopCount, int[] distances) {
        int distance(NodeAsas to) {
            return distances[to.number()];
        }
    }

    private record Arrival(NodeAsas host, int life, ObjectiveValue value) {}
}
