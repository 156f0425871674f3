package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.time.Duration;
import java.util.List;

/** One row of a chart. All texts are printable. */
sealed interface ChartRow {
    /** {@return the time since the network was created} */
    Duration at();

    /**
     * The same bytes from one node to others, at one moment.
     *
     * @param summary the label of the arrow
     * @param notation the whole message
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
     * @param kind whether it arrived, or why not
     * @param link the link it went over; may be empty
     * @param detail the detail of the event; may be empty
     */
    record Target(String node, SimEvent.Kind kind, String link, String detail) {}

    /**
     * One kind of event at some nodes, at one moment.
     *
     * @param kind the kind
     * @param text the kind in words
     * @param nodes the nodes, at least one
     */
    record Marks(Duration at, SimEvent.Kind kind, String text, List<String> nodes) implements ChartRow {
        private static final int MOST_NAMES = 3;

        public Marks {
            nodes = List.copyOf(nodes);
        }

        /** {@return the nodes, and what happened to them} */
        String sentence() {
            String names = nodes.size() > MOST_NAMES ? nodes.size() + " nodes" : String.join(", ", nodes);
            return switch (kind) {
                case STARTED, CLOSED, CRASHED, SUSPENDED, RESUMED -> names + " " + text;
                default -> names + ": " + text;
            };
        }
    }

    /**
     * An event that concerns the whole network.
     *
     * @param kind the kind
     * @param text the kind in words
     */
    record Band(Duration at, SimEvent.Kind kind, String text) implements ChartRow {}

    /**
     * A time without events.
     *
     * @param length its length
     */
    record Pause(Duration at, Duration length) implements ChartRow {}
}
