package io.grasp.samples.chaos;

import io.grasp.model.FloodedObjective;
import io.grasp.model.ObjectiveValue;
import io.grasp.simulation.chaos.ChaosNode;
import io.grasp.simulation.chaos.ChaosRun;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records which floods were sent and which ASAs received them; each flood has a unique value. */
final class FloodLedger {
    /** Twice GRASP_DEF_TIMEOUT, by the node's own clock. */
    private static final Duration MEMORY = Duration.ofMinutes(2);

    private final ChaosRun run;
    private final boolean forgetful;
    private final Map<ObjectiveValue, Sent> sent = new LinkedHashMap<>();
    private final Map<Arrival, Long> arrivals = new HashMap<>();

    /** @param forgetful whether nodes may forget floods that are still in transit */
    FloodLedger(ChaosRun run, boolean forgetful) {
        this.run = run;
        this.forgetful = forgetful;
    }

    void sent(ChaosNode node, ObjectiveValue value, int loopCount) {
        sent.put(value, new Sent(node, loopCount, run.topology().distances(node.number())));
    }

    /** An ASA received a flood; floods changed by links, and false ones, are ignored. */
    void arrived(ChaosNode node, int life, FloodedObjective flooded) {
        ObjectiveValue value = flooded.objective().value();
        Sent flood = sent.get(value);
        if (!run.isIntact() || !run.isHonest()) {
            return;
        }
        if (flood == null) {
            run.violated(AsaRules.FLOOD_REACH, node + " received " + value + ", which no ASA has flooded");
            return;
        }
        if (flood.distance(node) > flood.loopCount()) {
            run.violated(AsaRules.FLOOD_REACH, node + " received " + describe(value, flood) + ", but is beyond that");
        }
        long now = node.node().loop().nanoTime();
        @Nullable Long before = arrivals.put(new Arrival(node, life, value), now);
        if (!forgetful && before != null && now - before < MEMORY.toNanos()) {
            run.violated(AsaRules.FLOOD_ONCE, node + " received " + describe(value, flood) + " again");
        }
    }

    /** Checks that each flood reached all nodes that it should; only if no fault can have prevented that. */
    void finish() {
        if (!run.isLossless()) {
            return;
        }
        sent.forEach((value, flood) -> run.nodes().stream()
                .filter(node -> flood.distance(node) <= flood.loopCount())
                .filter(node -> !arrivals.containsKey(new Arrival(node, node.life(), value)))
                .forEach(node ->
                        run.violated(AsaRules.FLOOD_REACH, node + " never received " + describe(value, flood))));
    }

    private static String describe(ObjectiveValue value, Sent flood) {
        return value + ", flooded by " + flood.node() + " with loop count " + flood.loopCount();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(ChaosNode node, int loopCount, int[] distances) {
        int distance(ChaosNode to) {
            return distances[to.number()];
        }
    }

    private record Arrival(ChaosNode node, int life, ObjectiveValue value) {}
}
