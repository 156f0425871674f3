package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.time.Duration;
import java.util.List;

/** What stands beside one another in a chart. All texts are printable. */
sealed interface ChartRow {
    /** {@return when, since the network was made} */
    Duration at();

    /**
     * The same bytes from one node to others, at one moment.
     *
     * @param summary the words at the arrow
     * @param notation all that travelled
     * @param from where it came from
     * @param targets where it went, at least one, each once
     */
    record Transfer(Duration at, MessageSummary summary, String notation, String from, List<Target> targets)
            implements ChartRow {
        public Transfer {
            targets = List.copyOf(targets);
        }
    }

    /**
     * One end of an arrow.
     *
     * @param node the node that it points to
     * @param fate what became of it
     * @param link the link it went over; may be empty
     * @param detail what the event has to say; may be empty
     */
    record Target(String node, DeliveryOutcome fate, String link, String detail) {}

    /**
     * The same happened to some nodes, at one moment.
     *
     * @param kind what
     * @param text what, in words
     * @param nodes to whom, at least one
     */
    record Marks(Duration at, SimEvent.Kind kind, String text, List<String> nodes) implements ChartRow {
        private static final int MOST_NAMES = 3;

        public Marks {
            nodes = List.copyOf(nodes);
        }

        /** {@return what happened to whom} */
        String sentence() {
            String who = nodes.size() > MOST_NAMES ? nodes.size() + " nodes" : String.join(", ", nodes);
            return switch (kind) {
                case STARTED, CLOSED, CRASHED, SUSPENDED, RESUMED -> who + " " + text;
                default -> who + ": " + text;
            };
        }
    }

    /**
     * Something that concerns the whole network.
     *
     * @param kind what
     * @param text what, in words
     */
    record Band(Duration at, SimEvent.Kind kind, String text) implements ChartRow {}

    /**
     * Nothing happened for a while.
     *
     * @param length how long
     */
    record Pause(Duration at, Duration length) implements ChartRow {}
}
