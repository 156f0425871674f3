package io.grasp.samples.scale;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import java.util.HashMap;
import java.util.Map;

/** Counts the messages that all nodes send: by type, and the multicasts of each type by link. */
final class MessageCounter implements GraspObserver {
    private final Map<String, Integer> byType = new HashMap<>();
    private final Map<String, Map<String, Integer>> byLink = new HashMap<>();

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

    int sent(String type) {
        return byType.getOrDefault(type, 0);
    }

    int mostOnALink(String type) {
        return byLink.getOrDefault(type, Map.of()).values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
    }
}
