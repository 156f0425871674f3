package io.grasp.samples.scale;

import io.grasp.model.MessageInfo;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what all nodes do: the messages that they send by type, the multicasts of each type by link, and the messages
 * that they drop for an unusual reason.
 */
final class MessageCounter implements GraspObserver {
    private final Map<String, Integer> byType = new HashMap<>();
    private final Map<String, Map<String, Integer>> byLink = new HashMap<>();
    private final Map<DropReason, Integer> drops = new TreeMap<>();

    /** Forgets the messages; drops are counted on. */
    void reset() {
        byType.clear();
        byLink.clear();
    }

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        byType.merge(message.typeName(), 1, Integer::sum);
        if (path.kind() == MessagePath.Kind.LINK && path.peer() == null) {
            byLink.computeIfAbsent(message.typeName(), type -> new HashMap<>()).merge(path.link(), 1, Integer::sum);
        }
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        if (!reason.isNormal()) {
            drops.merge(reason, 1, Integer::sum);
        }
    }

    int sent(String type) {
        return byType.getOrDefault(type, 0);
    }

    int mostOnALink(String type) {
        return byLink.getOrDefault(type, Map.of()).values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
    }

    /** {@return the number of dropped messages by reason, without the reasons that occur in every network} */
    Map<DropReason, Integer> drops() {
        return Map.copyOf(drops);
    }
}
