package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlChartTest {
    private final String hostile =
            SequenceChart.of(Scenes.hostile()).html("<Town> & \"co\"\u0007", "seed 2481", "</p><img>");

    private static Document parse(String page) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }

    private static Document html(List<SimEvent> events) throws Exception {
        return parse(SequenceChart.of(events).html("title"));
    }

    /** The elements of a tag in the chart without its legend, or only those of a CSS class. */
    private static List<Element> elements(Document page, String tag, String cssClass) {
        List<Element> elements = new ArrayList<>();
        NodeList nodes = ((Element) page.getElementsByTagName("main").item(0)).getElementsByTagName(tag);
        for (int i = 0; i < nodes.getLength(); i++) {
            Element element = (Element) nodes.item(i);
            if (cssClass.isEmpty()
                    || List.of(element.getAttribute("class").split(" ")).contains(cssClass)) {
                elements.add(element);
            }
        }
        return elements;
    }

    private static List<String> texts(Document page, String tag, String cssClass) {
        return elements(page, tag, cssClass).stream()
                .map(Element::getTextContent)
                .toList();
    }

    /** Each arrow: its classes, and the grid lines that it begins and ends at. */
    private static List<String> arrows(Document page) {
        return elements(page, "i", "").stream()
                .map(arrow -> arrow.getAttribute("class") + " "
                        + arrow.getAttribute("style").replace("grid-column:", ""))
                .toList();
    }

    private static List<String> legend(Document page) {
        NodeList entries = page.getElementsByTagName("li");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < entries.getLength(); i++) {
            texts.add(entries.item(i).getTextContent());
        }
        return texts;
    }

    @Test
    void everyKindOfEventIsShown() throws Exception {
        String page = SequenceChart.of(Scenes.town()).html("A town", "seed 2481");
        Document town = parse(page);

        Golden.check("town.html", page.replaceFirst("(?s)<style>.*</style>", "<style></style>"));
        assertThat(texts(town, "span", "label"))
                .contains("M_FLOOD EX1 loop 6: 7", "relay-2 crashed", "bob suspended", "healed", "1.015 s pass");
        assertThat(legend(town)).contains("M_FLOOD", "connection", "corrupted", "lost", "unreachable", "retransmitted");
    }

    @Test
    void tooltipHasTheWholeMessage() throws Exception {
        assertThat(SequenceChart.of(Scenes.bargain()).html(""))
                .contains("title=\"0.015000000 s\ngray → briggs: delivered\n"
                        + "M_REQ_NEG [3, 4711, [&quot;EX3&quot;, 3, 6, [&quot;NZD&quot;, 50]]]\"");
    }

    @Test
    void arrowsSpanTheColumnsBetweenTheirNodes() throws Exception {
        Document page = html(new Scene()
                .delivered("a", "b", Scene.accept())
                .delivered("a", "c", Scene.accept())
                .data("c", "b", Scene.pause(1))
                .data("b", "b", Scene.pause(2))
                .events());

        assertThat(arrows(page)).containsExactly("to right 3/5", "to right 3/7", "to left 5/7", "self 5/6");
        assertThat(texts(page, "span", "label")).containsExactly("M_END accept", "M_WAIT 0.001 s", "M_WAIT 0.002 s");
    }

    @Test
    void messagesThatDoNotArriveOrArriveDamagedAreMarked() throws Exception {
        Document page = html(new Scene()
                .message(Kind.LOST, "a", "b", "lan", Scene.accept())
                .message(Kind.UNREACHED, "b", "a", "lan", Scene.accept())
                .message(Kind.RETRANSMITTED, "a", "b", "", Scene.pause(1))
                .message(Kind.CORRUPTED, "a", "a", "lan", Scene.pause(2))
                .message(Kind.DATA_CORRUPTED, "a", "b", "", Scene.pause(3))
                .events());

        assertThat(arrows(page))
                .containsExactly(
                        "to right stop lost 3/5",
                        "to left stop unreached 3/5",
                        "to right stop retransmitted 3/5",
                        "self corrupted 3/4",
                        "to right corrupted 3/5");
        assertThat(legend(page))
                .containsExactly("M_END", "M_WAIT", "corrupted", "lost", "retransmitted", "unreachable");
    }

    @Test
    void downNodesAndPartitionsAreShownWhileTheyLast() throws Exception {
        Document page = html(new Scene()
                .node(Kind.CRASHED, "b")
                .delivered("a", "c", Scene.accept())
                .at(1)
                .network(Kind.PARTITIONED, "a | b, c")
                .at(2)
                .node(Kind.STARTED, "b")
                .at(3)
                .network(Kind.HEALED, "")
                .events());

        assertThat(elements(page, "div", "row").stream().map(row -> row.getAttribute("class")))
                .containsExactly(
                        "row names", "row", "row m-end", "row split band partitioned", "row split", "row band healed");
        assertThat(arrows(page))
                .containsExactly(
                        "mark crashed 2/4",
                        "down crashed 2/4",
                        "to right 5/7",
                        "down crashed 2/4",
                        "down crashed 2/4",
                        "mark started 2/4");
    }

    @Test
    void namesAreEscaped() throws Exception {
        Document page = parse(hostile);

        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(page.getElementsByTagName("img").getLength()).isZero();
        assertThat(elements(page, "div", "names").get(0).getTextContent())
                .isEqualTo("a\\u000ab</title><script>alert('1')</script>\\ud800");
        assertThat(hostile)
                .startsWith("<!DOCTYPE html>\n")
                .contains("<title>&lt;Town&gt; &amp; \"co\"\\u0007</title>", "<p>seed 2481</p>")
                .doesNotContain("<script", "<img", "\u202E", "\u0000", "\u0001");
    }

    /** A browser reads {@code <i/>} as the start tag of an element. */
    @Test
    void onlyVoidElementsAreClosedAtOnce() {
        assertThat(SequenceChart.of(Scenes.town()).html("").replaceAll("<meta [^>]*/>", ""))
                .doesNotContain("/>");
    }

    @Test
    void emptyAndSmallPagesAreWellFormed() throws Exception {
        assertThat(texts(html(List.of()), "span", "")).containsExactly("nothing to show");
        Document one = html(new Scene()
                .data("a", "a", Scene.accept())
                .node(Kind.CRASHED, "a")
                .events());
        assertThat(texts(one, "span", "label")).containsExactly("M_END accept", "a crashed");
    }

    @Test
    void aLargeNetworkIsShown() throws Exception {
        Document crowd = html(Scenes.crowd());

        assertThat(elements(crowd, "div", "m-flood")).hasSize(1);
        assertThat(elements(crowd, "i", "to")).hasSize(29 + 29);
        assertThat(elements(crowd, "i", "lost")).hasSize(4);
    }

    @Test
    void thePageNeedsNoOtherFile() {
        assertThat(hostile).doesNotContain("http:", "https:", "url(", "@import", "src=", "href=");
    }

    @Test
    void thePageFollowsADarkColorScheme() {
        assertThat(hostile).contains("prefers-color-scheme: dark", "color-scheme: light dark");
    }
}
