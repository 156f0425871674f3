package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;

/** What to call what happens. */
final class EventLabels {
    private EventLabels() {}

    /** {@return what happened, and its detail} */
    static String of(SimEvent event) {
        return withDetail(of(event.kind()), event);
    }

    /** {@return which link came up or went down, and the detail} */
    static String ofLink(SimEvent event) {
        String way = event.kind() == SimEvent.Kind.LINK_UP ? "up" : "down";
        return withDetail("link " + PrintableText.printable(event.link()) + " " + way, event);
    }

    static String of(SimEvent.Kind kind) {
        return switch (kind) {
            case DELIVERED -> "delivered";
            case CORRUPTED, DATA_CORRUPTED -> "corrupted";
            case DUPLICATED -> "duplicated";
            case LOST -> "lost";
            case UNREACHED -> "no way";
            case OPENED -> "opened";
            case DATA -> "data";
            case RETRANSMITTED -> "sent again";
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

    private static String withDetail(String words, SimEvent event) {
        return event.detail().isEmpty() ? words : words + ": " + PrintableText.printable(event.detail());
    }
}
