package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What happened on a simulated network, as a sequence chart: a lifeline for each node, and time from above to below. An
 * event tells when something arrived, not when it was sent, so arrows are level. What reaches several nodes at the same
 * moment is one arrow with several heads.
 *
 * <p>At first a chart shows all nodes and all messages, but not how connections are opened and finished. Immutable:
 * each {@code with...} gives a changed copy. Names and texts from outside may hold anything; what could break a line, a
 * page or its direction is escaped.
 */
public final class SequenceChart {
    /** How many rows a chart has at most unless {@link #withMaxRows} says otherwise. */
    public static final int DEFAULT_MAX_ROWS = 2_000;

    private final List<SimEvent> events;
    private final ChartView view;

    private SequenceChart(List<SimEvent> events, ChartView view) {
        this.events = events;
        this.view = view;
    }

    /**
     * A chart of events.
     *
     * @param events in the order that they happened in; copied
     * @return the chart
     */
    public static SequenceChart of(List<SimEvent> events) {
        ChartView all = new ChartView(List.of(), Set.of(), Duration.ZERO, null, false, DEFAULT_MAX_ROWS);
        return new SequenceChart(List.copyOf(events), all);
    }

    /**
     * This chart of some nodes only: what passes between these, and what concerns the whole network.
     *
     * @param names the lifelines from left to right, also of nodes that nothing happens to; none for all nodes, in the
     *     order in which something happens to them
     * @return the changed chart
     */
    public SequenceChart withNodes(String... names) {
        return with(
                new ChartView(List.of(names), view.types(), view.from(), view.to(), view.signals(), view.maxRows()));
    }

    /**
     * This chart with messages of some types only.
     *
     * @param types MESSAGE_TYPE numbers, see {@link io.grasp.wire.MessageType}; none for all types
     * @return the changed chart
     */
    public SequenceChart withMessages(int... types) {
        Set<Integer> set = Arrays.stream(types).boxed().collect(Collectors.toSet());
        return with(new ChartView(view.nodes(), set, view.from(), view.to(), view.signals(), view.maxRows()));
    }

    /**
     * This chart of some time only. A node that was down before is shown as down.
     *
     * @param from when it begins, since the network was made
     * @param to when it ends; what happens at that moment is not shown
     * @return the changed chart
     */
    public SequenceChart between(Duration from, Duration to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        return with(new ChartView(view.nodes(), view.types(), from, to, view.signals(), view.maxRows()));
    }

    /** {@return this chart with all signals of connections and links, also those that go without saying} */
    public SequenceChart withSignals() {
        return with(new ChartView(view.nodes(), view.types(), view.from(), view.to(), true, view.maxRows()));
    }

    /**
     * This chart with fewer or more rows. It ends with a note if there are more than that.
     *
     * @param rows at most so many
     * @return the changed chart
     * @throws IllegalArgumentException if the number is not above 0
     */
    public SequenceChart withMaxRows(int rows) {
        if (rows <= 0) {
            throw new IllegalArgumentException("a chart with " + rows + " rows shows nothing");
        }
        return with(new ChartView(view.nodes(), view.types(), view.from(), view.to(), view.signals(), rows));
    }

    private SequenceChart with(ChartView changed) {
        return new SequenceChart(events, changed);
    }

    /**
     * The chart for a fixed-width font, with arrows and lines of Unicode.
     *
     * @return the lines, each ended by a line feed
     */
    public String text() {
        return TextChart.draw(layout(), Glyphs.UNICODE);
    }

    /**
     * The chart for a fixed-width font, drawn in ASCII. Names and values stand as they are, and {@code ~}
     * where something was cut off.
     *
     * @return the lines, each ended by a line feed
     */
    public String asciiText() {
        return TextChart.draw(layout(), Glyphs.ASCII).replace('…', '~');
    }

    /**
     * The chart as an image: an SVG document that needs nothing else and adapts to a dark surrounding. Each arrow has
     * all that travelled as its tooltip.
     *
     * @return the document
     */
    public String svg() {
        return SvgDocument.draw(layout());
    }

    /**
     * The chart as a page: an HTML document that needs nothing else, where names and times stay in sight.
     *
     * @param title what to call it
     * @param facts what else to say at its top, such as a seed and a trace's hash
     * @return the document
     */
    public String html(String title, String... facts) {
        return HtmlDocument.draw(layout(), title, List.of(facts));
    }

    private ChartLayout layout() {
        return ChartBuilder.build(events, view);
    }
}
