package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.util.PrintableText;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageType;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes a chart as an HTML page. The page says which columns of a grid each arrow spans; the style sheet
 * ({@code chart.css}) and the browser do the drawing. Each node has two columns, and its lifeline is between them.
 */
final class HtmlChart {
    private static final int TIME_DIGITS = 6;
    private static final int EXACT_DIGITS = 9;
    private static final String STYLE_SHEET = "chart.css";
    /** The columns from the first node to the last: the first column has the times, the last one is room for labels. */
    private static final String ALL_NODES = "grid-column:2/-2";

    private final ChartLayout layout;
    private final Map<String, Integer> lanes;
    private final NodeStates states;
    private final XMLStreamWriter html;
    private String lastTime = "";

    private HtmlChart(ChartLayout layout, XMLStreamWriter html) {
        this.layout = layout;
        this.lanes = layout.lanes();
        this.states = layout.before().copy();
        this.html = html;
    }

    static String draw(ChartLayout layout, String title, List<String> facts) {
        StringWriter page = new StringWriter();
        try {
            // Always the JDK's: other writers abbreviate empty elements, which is not HTML.
            XMLStreamWriter html = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(page);
            new HtmlChart(layout, html).page(PrintableText.of(title), facts);
            html.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a page could not be written to memory", e);
        }
        return page.append('\n').toString();
    }

    private void page(String title, List<String> facts) throws XMLStreamException {
        html.writeDTD("<!DOCTYPE html>\n");
        html.writeStartElement("html");
        html.writeAttribute("lang", "en");
        head(title);
        html.writeStartElement("body");
        html.writeStartElement("header");
        element("h1", "", "", title);
        for (String fact : facts) {
            element("p", "", "", PrintableText.of(fact));
        }
        legend();
        html.writeEndElement();
        start("main", "", "--halves:" + 2 * Math.max(1, layout.nodes().size()));
        names();
        for (ChartRow row : layout.rows()) {
            row(row);
        }
        String end = layout.rows().isEmpty() ? "nothing to show" : layout.omission();
        if (!end.isEmpty()) {
            start("div", "row pause", "");
            element("span", "label", ALL_NODES, end);
            html.writeEndElement();
        }
        html.writeEndDocument();
    }

    private void head(String title) throws XMLStreamException {
        html.writeStartElement("head");
        html.writeEmptyElement("meta");
        html.writeAttribute("charset", "utf-8");
        html.writeEmptyElement("meta");
        html.writeAttribute("name", "viewport");
        html.writeAttribute("content", "width=device-width");
        element("title", "", "", title);
        element("style", "", "", styleSheet());
        html.writeEndElement();
    }

    private static String styleSheet() {
        try (InputStream in = HtmlChart.class.getResourceAsStream(STYLE_SHEET)) {
            if (in == null) {
                throw new IllegalStateException(STYLE_SHEET + " is missing next to " + HtmlChart.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Explains the colors and signs that are in this chart. */
    private void legend() throws XMLStreamException {
        Map<String, String> messages = new TreeMap<>();
        Map<String, String> signs = new TreeMap<>();
        for (ChartRow row : layout.rows()) {
            if (row instanceof ChartRow.Transfer transfer) {
                messages.put(cssClass(transfer.summary()), messageName(transfer.summary()));
                transfer.targets().stream()
                        .map(ChartRow.Target::kind)
                        .filter(kind -> !arrow(kind).isEmpty())
                        .forEach(kind -> signs.put(arrow(kind), EventLabels.of(kind)));
            }
        }
        html.writeStartElement("ul");
        for (Map.Entry<String, String> message : messages.entrySet()) {
            legendEntry(message.getKey(), "", message.getValue());
        }
        for (Map.Entry<String, String> sign : signs.entrySet()) {
            legendEntry("signal", sign.getKey(), sign.getValue());
        }
        html.writeEndElement();
    }

    private void legendEntry(String css, String arrow, String text) throws XMLStreamException {
        start("li", css, "");
        element("i", ("to right " + arrow).strip(), "", "");
        element("span", "", "", text);
        html.writeEndElement();
    }

    private void names() throws XMLStreamException {
        start("div", "row names", "");
        element("time", "", "", "");
        for (String node : layout.nodes()) {
            start("span", "", columnsOf(node));
            html.writeAttribute("title", node);
            html.writeCharacters(node);
            html.writeEndElement();
        }
        html.writeEndElement();
        html.writeCharacters("\n");
    }

    private void row(ChartRow row) throws XMLStreamException {
        if (row instanceof ChartRow.Transfer transfer) {
            begin(row, cssClass(transfer.summary()), tooltip(transfer));
            for (ChartRow.Target target : transfer.targets()) {
                arrow(transfer.from(), target);
            }
            label(transfer);
        } else if (row instanceof ChartRow.Marks marks) {
            begin(row, "", String.join(", ", marks.nodes()) + ": " + marks.text());
            for (String node : marks.nodes()) {
                element("i", "mark " + cssName(marks.kind().name()), columnsOf(node), "");
                states.happened(marks.kind(), node);
            }
            int[] lanesOfAll = marks.nodes().stream().mapToInt(this::lane).toArray();
            element("span", "label", columns(2 * min(lanesOfAll) + 2, 2 * max(lanesOfAll) + 4), marks.sentence());
        } else if (row instanceof ChartRow.Band band) {
            states.happened(band.kind(), "");
            begin(row, "band " + cssName(band.kind().name()), band.text());
            element("span", "label", ALL_NODES, band.text());
        } else {
            start("div", "row pause", "");
            String length = ChartText.seconds(((ChartRow.Pause) row).length(), 3) + " s pass";
            element("span", "label", ALL_NODES, length);
        }
        html.writeEndElement();
        html.writeCharacters("\n");
    }

    private void begin(ChartRow row, String css, String tooltip) throws XMLStreamException {
        start("div", ("row " + (states.isPartitioned() ? "split " : "") + css).strip(), "");
        html.writeAttribute("title", tooltip);
        String time = ChartText.seconds(row.at(), TIME_DIGITS);
        element("time", "", "", time.equals(lastTime) ? "" : time);
        lastTime = time;
        for (Map.Entry<String, SimEvent.Kind> down : states.down().entrySet()) {
            if (lanes.containsKey(down.getKey())) {
                element("i", "down " + cssName(down.getValue().name()), columnsOf(down.getKey()), "");
            }
        }
    }

    private void arrow(String from, ChartRow.Target target) throws XMLStreamException {
        int source = line(from);
        int end = line(target.node());
        if (source == end) {
            element("i", ("self " + arrow(target.kind())).strip(), columns(source, source + 1), "");
        } else {
            String direction = source < end ? "to right " : "to left ";
            element("i", (direction + arrow(target.kind())).strip(), columns(source, end), "");
        }
    }

    private void label(ChartRow.Transfer transfer) throws XMLStreamException {
        int[] lines = IntStream.concat(
                        IntStream.of(line(transfer.from())),
                        transfer.targets().stream().mapToInt(target -> line(target.node())))
                .toArray();
        int first = min(lines);
        start("span", "label", columns(first, Math.max(first + 1, max(lines))));
        element("b", "", "", transfer.summary().name());
        html.writeCharacters(" " + transfer.summary().rest());
        html.writeEndElement();
    }

    private static String tooltip(ChartRow.Transfer transfer) {
        StringBuilder text = new StringBuilder(seconds(transfer.at())).append('\n');
        for (ChartRow.Target target : transfer.targets()) {
            text.append(transfer.from()).append(" → ").append(target.node());
            text.append(target.link().isEmpty() ? "" : " on " + target.link());
            text.append(": ").append(EventLabels.of(target.kind()));
            text.append(target.detail().isEmpty() ? "" : ", " + target.detail()).append('\n');
        }
        String what = transfer.notation();
        return text.append(what.isEmpty() ? transfer.summary().text() : what).toString();
    }

    private static String seconds(Duration time) {
        return ChartText.seconds(time, EXACT_DIGITS) + " s";
    }

    private static String messageName(MessageSummary summary) {
        return switch (summary.type()) {
            case MessageSummary.SIGNAL -> "connection";
            case MalformedMessageException.NO_TYPE -> "no message";
            default -> MessageType.name(summary.type());
        };
    }

    private static String cssClass(MessageSummary summary) {
        return summary.type() == MessageSummary.SIGNAL ? "signal" : cssName(messageName(summary));
    }

    /** The class of an arrow, none for one that arrives as it was sent. */
    private static String arrow(SimEvent.Kind kind) {
        return switch (kind) {
            case CORRUPTED, DATA_CORRUPTED -> "corrupted";
            case LOST -> "stop lost";
            case UNREACHED -> "stop unreached";
            case RETRANSMITTED -> "stop retransmitted";
            default -> "";
        };
    }

    private static String cssName(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    private int lane(String node) {
        return lanes.getOrDefault(node, 0);
    }

    /** The number of the grid line that is a node's lifeline. */
    private int line(String node) {
        return 2 * lane(node) + 3;
    }

    private String columnsOf(String node) {
        return columns(line(node) - 1, line(node) + 1);
    }

    private static String columns(int one, int other) {
        return "grid-column:" + Math.min(one, other) + "/" + Math.max(one, other);
    }

    private static int min(int[] numbers) {
        return IntStream.of(numbers).min().orElse(0);
    }

    private static int max(int[] numbers) {
        return IntStream.of(numbers).max().orElse(0);
    }

    private void element(String tag, String css, String style, String text) throws XMLStreamException {
        start(tag, css, style);
        html.writeCharacters(text);
        html.writeEndElement();
    }

    private void start(String tag, String css, String style) throws XMLStreamException {
        html.writeStartElement(tag);
        if (!css.isEmpty()) {
            html.writeAttribute("class", css);
        }
        if (!style.isEmpty()) {
            html.writeAttribute("style", style);
        }
    }
}
