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

class SvgChartTest {
    private static Document svg(List<SimEvent> events) throws Exception {
        return parse(SequenceChart.of(events).svg());
    }

    static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    /** The texts of all elements of a tag, or only of those with a class. */
    private static List<String> texts(Document document, String tag, String cssClass) {
        List<String> texts = new ArrayList<>();
        for (Element element : elements(document, tag, cssClass)) {
            texts.add(element.getTextContent());
        }
        return texts;
    }

    private static List<Element> elements(Document document, String tag, String cssClass) {
        List<Element> elements = new ArrayList<>();
        NodeList nodes = document.getElementsByTagName(tag);
        for (int i = 0; i < nodes.getLength(); i++) {
            Element element = (Element) nodes.item(i);
            if (cssClass.isEmpty()
                    || List.of(element.getAttribute("class").split(" ")).contains(cssClass)) {
                elements.add(element);
            }
        }
        return elements;
    }

    @Test
    void aLittleOfEverything() throws Exception {
        Golden.check("town.svg", SequenceChart.of(Scenes.town()).svg());
        Document town = svg(Scenes.town());

        assertThat(texts(town, "text", "label"))
                .contains("M_FLOOD EX1 loop 6: 7", "relay-2 crashed", "bob suspended", "healed", "1.015 s pass");
        assertThat(texts(town, "title", "")).contains("relay-2: crashed", "bob: suspended");
        assertThat(elements(town, "rect", "sleep")).hasSize(2); // in the legend, too
    }

    @Test
    void aTooltipTellsTheWholeMessage() throws Exception {
        assertThat(texts(svg(Scenes.bargain()), "title", ""))
                .contains("0.015000000 s\ngray → briggs: arrived\nM_REQ_NEG [3, 4711, [\"EX3\", 3, 6, [\"NZD\", 50]]]");
    }

    @Test
    void namesCannotBreakOut() throws Exception {
        String image = SequenceChart.of(Scenes.hostile()).svg();
        Document hostile = parse(image);

        assertThat(elements(hostile, "script", "")).isEmpty();
        assertThat(elements(hostile, "svg", "")).hasSize(1);
        assertThat(texts(hostile, "title", "")).contains("</title><script>alert('1')</script>", "a\\u000ab", "\\ud800");
        assertThat(image).doesNotContain("<script", "\u202E", "\u0000", "\u0001");
    }

    @Test
    void emptyAndSmallImagesAreWellFormed() throws Exception {
        assertThat(texts(svg(List.of()), "text", "")).containsExactly("nothing to show");
        Document one = svg(new Scene()
                .data("a", "a", Scene.accept())
                .node(Kind.CRASHED, "a")
                .events());
        assertThat(texts(one, "text", "label")).containsExactly("M_END accept", "a crashed");
    }

    @Test
    void whatDidNotArriveIsDashed() throws Exception {
        Document lost = svg(new Scene()
                .message(Kind.LOST, "a", "b", "lan", Scene.accept())
                .message(Kind.UNREACHED, "b", "a", "lan", Scene.accept())
                .message(Kind.RETRANSMITTED, "a", "b", "", Scene.accept())
                .events());

        assertThat(texts(lost, "text", "")).contains("lost", "no way", "sent again");
        assertThat(elements(lost, "line", "dash")).hasSize(2 * 3); // in the legend, too
        assertThat(elements(lost, "polygon", "f")).hasSize(1); // in the legend only
    }

    @Test
    void aCrowdFits() throws Exception {
        Document crowd = svg(Scenes.crowd());
        int width = Integer.parseInt(crowd.getDocumentElement().getAttribute("width"));

        assertThat(elements(crowd, "g", "name")).hasSize(30);
        assertThat(elements(crowd, "line", "life"))
                .hasSize(30)
                .allSatisfy(line ->
                        assertThat(Integer.parseInt(line.getAttribute("x1"))).isBetween(0, width));
        assertThat(elements(crowd, "polygon", "f")).hasSize(2 + 25 + 29);
    }

    @Test
    void labelsStayInside() throws Exception {
        String name = "objective".repeat(10);
        Document image = svg(new Scene()
                .delivered("a", "b", Scene.flood(name, 6, name))
                .network(Kind.PARTITIONED, name.repeat(5))
                .events());

        assertThat(texts(image, "text", "label"))
                .hasSize(2)
                .allSatisfy(label -> assertThat(label).contains("…").hasSizeLessThan(100));
    }
}
