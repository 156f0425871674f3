package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.wire.MessageType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The events of a simulated network as a sequence chart: a lifeline for each node, time from top to bottom. An event
 * has the time of arrival, not of sending, so arrows are horizontal. A message that reaches several nodes at the same
 * moment is one arrow with several heads.
 *
 * <p>Unless limited, a chart shows all nodes and all messages, but not how connections are opened and closed.
 * Immutable: each {@code with...} returns a changed copy. Names and texts may contain any characters: those that could
 * break a line, a page or the direction of text are escaped.
 */
public final class SequenceChart {
    /** The default maximum number of rows, see {@link #withMaxRows}. */
    public static final int DEFAULT_MAX_ROWS = 2_000;

    private static final Set<String> MESSAGE_TYPES = IntStream.rangeClosed(0, MessageType.M_INVALID)
            .filter(MessageType::isKnown)
            .mapToObj(MessageType::name)
            .collect(Collectors.toUnmodifiableSet());

    private final List<SimEvent> events;
    private final ChartFilter filter;

    private SequenceChart(List<SimEvent> events, ChartFilter filter) {
        this.events = events;
        this.filter = filter;
    }

    /**
     * A chart of events.
     *
     * @param events the events, in their order; copied
     * @return the chart
     */
    public static SequenceChart of(List<SimEvent> events) {
        ChartFilter all = new ChartFilter(List.of(), Set.of(), Duration.ZERO, null, false, DEFAULT_MAX_ROWS);
        return new SequenceChart(List.copyOf(events), all);
    }

    /**
     * This chart with some nodes only: events between these, and events that concern the whole network.
     *
     * @param names the lifelines from left to right, including nodes without events; none for all nodes, in the order
     *     of their first events
     * @return the changed chart
     */
    public SequenceChart withNodes(String... names) {
        return with(new ChartFilter(
                List.of(names), filter.types(), filter.from(), filter.to(), filter.signals(), filter.maxRows()));
    }

    /**
     * Returns this chart with messages of some types only.
     *
     * @param types the types by name, as the chart shows them: a name of RFC 8990 such as {@code M_FLOOD}, or a number
     *     such as {@code M_55}; none for all types
     * @return the changed chart
     * @throws IllegalArgumentException if one is not the name of a type
     */
    public SequenceChart withMessages(String... types) {
        for (String type : types) {
            if (!MESSAGE_TYPES.contains(type) && !type.matches("M_[0-9]+")) {
                throw new IllegalArgumentException("'" + type + "' is not a message type, such as M_FLOOD");
            }
        }
        return with(new ChartFilter(
                filter.nodes(),
                Set.copyOf(List.of(types)),
                filter.from(),
                filter.to(),
                filter.signals(),
                filter.maxRows()));
    }

    /**
     * This chart with a period of time only. A node that was down before is shown as down.
     *
     * @param from the beginning, since the network was created
     * @param to the end, exclusive
     * @return the changed chart
     */
    public SequenceChart between(Duration from, Duration to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        return with(new ChartFilter(filter.nodes(), filter.types(), from, to, filter.signals(), filter.maxRows()));
    }

    /** {@return this chart with all signals of connections and links, including expected ones} */
    public SequenceChart withSignals() {
        return with(
                new ChartFilter(filter.nodes(), filter.types(), filter.from(), filter.to(), true, filter.maxRows()));
    }

    /**
     * This chart with fewer or more rows. It ends with a note if there are more than that.
     *
     * @param rows the maximum number of rows
     * @return the changed chart
     * @throws IllegalArgumentException if the number is not above 0
     */
    public SequenceChart withMaxRows(int rows) {
        if (rows <= 0) {
            throw new IllegalArgumentException("a chart with " + rows + " rows is empty");
        }
        return with(
                new ChartFilter(filter.nodes(), filter.types(), filter.from(), filter.to(), filter.signals(), rows));
    }

    private SequenceChart with(ChartFilter changed) {
        return new SequenceChart(events, changed);
    }

    /**
     * The chart as text in the language of <a href="https://mermaid.js.org">Mermaid</a>, for documents and issues: many
     * viewers of Markdown draw it, up to 50,000 characters by default. It has an arrow for each receiver of a
     * multicast, and neither colors nor the states of nodes.
     *
     * @return the lines, each ended by a line feed
     */
    public String mermaid() {
        return MermaidChart.draw(layout());
    }

    /**
     * The chart as an HTML page without references to other files or sites. Names and times stay in sight when the page
     * is scrolled, a row's tooltip has the whole message, and colors follow the browser's light or dark scheme.
     *
     * @param title the title of the page
     * @param facts lines below the title, such as a seed and a trace's hash
     * @return the document
     */
    public String html(String title, String... facts) {
        return HtmlChart.draw(layout(), title, List.of(facts));
    }

    private ChartLayout layout() {
        return ChartBuilder.build(events, filter);
    }
}
