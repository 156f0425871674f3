package io.grasp.samples.scenario;

import io.grasp.model.MessageInfo;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what all nodes of a run send and drop. */
final class TrafficCounter implements GraspObserver {
    private final Map<String, Long> sent = new TreeMap<>();
    private final Map<DropReason, Long> dropped = new TreeMap<>();
    private final Map<String, Map<String, Long>> multicasts = new TreeMap<>();
    private long bytes;

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        sent.merge(message.typeName(), 1L, Long::sum);
        bytes += encoded.length;
        if (path.kind() == MessagePath.Kind.LINK && path.peer() == null) {
            multicasts
                    .computeIfAbsent(message.typeName(), absent -> new HashMap<>())
                    .merge(path.link(), 1L, Long::sum);
        }
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        dropped.merge(reason, 1L, Long::sum);
    }

    /** Adds the results to the columns of a run. */
    void addTo(Map<String, Object> columns, int links) {
        columns.put("bytesSent", bytes);
        sent.forEach((type, number) -> columns.put("sent." + type, number));
        multicasts.forEach((type, byLink) -> {
            long all = byLink.values().stream().mapToLong(Long::longValue).sum();
            columns.put("perLink." + type + ".mean", all / (double) Math.max(1, links));
            columns.put(
                    "perLink." + type + ".max",
                    byLink.values().stream().mapToLong(Long::longValue).max().orElse(0));
        });
        dropped.forEach((reason, number) -> columns.put("dropped." + reason, number));
    }
}
