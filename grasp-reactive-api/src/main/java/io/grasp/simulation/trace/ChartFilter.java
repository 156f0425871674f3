package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.wire.MessageType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects the events that a chart shows.
 *
 * @param nodes the lifelines; empty for all
 * @param types the message types; empty for all
 * @param from the beginning
 * @param to the end, exclusive; {@code null} for none
 * @param signals whether the opening and closing of connections is shown
 * @param maxRows the maximum number of rows
 */
record ChartFilter(
        List<String> nodes,
        Set<String> types,
        Duration from,
        @Nullable Duration to,
        boolean signals,
        int maxRows) {
    ChartFilter {
        nodes = List.copyOf(nodes);
        types = Set.copyOf(types);
    }

    /** {@return whether the event is before the chart's beginning} */
    boolean isEarly(SimEvent event) {
        return event.at().compareTo(from) < 0;
    }

    /** {@return whether the event is after the chart's end} */
    boolean isLate(SimEvent event) {
        return to != null && event.at().compareTo(to) >= 0;
    }

    /** {@return whether all nodes that the event concerns are shown} */
    boolean showsNodes(SimEvent event) {
        return showsNode(event.from()) && showsNode(event.to());
    }

    private boolean showsNode(String name) {
        return nodes.isEmpty() || name.isEmpty() || nodes.contains(name);
    }

    /** {@return whether the message is of a type that is shown} */
    boolean showsMessage(Payload payload) {
        return types.isEmpty()
                || payload.types().stream().map(MessageType::name).anyMatch(types::contains);
    }

    /** {@return whether a connection's signal without a message is shown} */
    boolean showsSignal(SimEvent.Kind kind) {
        boolean failure =
                kind == SimEvent.Kind.REFUSED || kind == SimEvent.Kind.RESET || kind == SimEvent.Kind.TIMED_OUT;
        return signals || failure && types.isEmpty();
    }
}
