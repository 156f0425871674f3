package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.util.PrintableText;

/** Names events for people. */
final class EventLabels {
    private EventLabels() {}

    /** {@return the name of the event's kind, and the detail} */
    static String of(SimEvent event) {
        return withDetail(of(event.kind()), event);
    }

    /** {@return which link came up or went down, and the detail} */
    static String ofLink(SimEvent event) {
        String way = event.kind() == SimEvent.Kind.LINK_UP ? "up" : "down";
        return withDetail("link " + PrintableText.of(event.link()) + " " + way, event);
    }

    static String of(SimEvent.Kind kind) {
        return switch (kind) {
            case DELIVERED -> "delivered";
            case CORRUPTED, DATA_CORRUPTED -> "corrupted";
            case DUPLICATED -> "duplicated";
            case LOST -> "lost";
            case UNREACHED -> "unreachable";
            case OPENED -> "opened";
            case DATA -> "delivered";
            case RETRANSMITTED -> "retransmitted";
            case FINISHED -> "finished";
            case REFUSED -> "refused";
            case RESET -> "reset";
            case TIMED_OUT -> "timed out";
            case LINK_UP -> "link up";
            case LINK_DOWN -> "link down";
            case PARTITIONED -> "partitioned";
            case HEALED -> "healed";
            case STARTED -> "started";
            case CLOSED -> "closed";
            case CRASHED -> "crashed";
            case SUSPENDED -> "suspended";
            case RESUMED -> "resumed";
        };
    }

    /** {@return whether something of this kind reached the other end} */
    static boolean isArrival(SimEvent.Kind kind) {
        return kind != SimEvent.Kind.LOST && kind != SimEvent.Kind.UNREACHED && kind != SimEvent.Kind.RETRANSMITTED;
    }

    private static String withDetail(String words, SimEvent event) {
        return event.detail().isEmpty() ? words : words + ": " + PrintableText.of(event.detail());
    }
}
