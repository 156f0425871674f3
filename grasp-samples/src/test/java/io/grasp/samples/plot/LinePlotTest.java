package io.grasp.samples.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class LinePlotTest {
    @Test
    void aCurveConnectsTheMeansOfItsValues() throws Exception {
        LinePlot plot = new LinePlot("a < b", "x", "y & z", false, false);
        plot.add("one", 0, 10);
        plot.add("one", 10, 20);
        plot.add("one", 10, 0);
        plot.add("\"two\"", 5, 5);

        String svg = plot.svg();
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(document.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("a < b");
        // The axes go from 0 to 10, at x = 84 to 540, and from 0 to 20, at y = 364 to 44.
        assertThat(svg).contains("points=\"84.0,204.0 540.0,204.0\"").contains("points=\"312.0,284.0\"");
        assertThat(svg).contains("y1=\"364.0\" x2=\"540.0\" y2=\"44.0\""); // the range of the values at 10
    }

    @Test
    void aLogarithmicAxisHasPowersOfTen() {
        LinePlot plot = new LinePlot("t", "x", "y", true, false);
        plot.add("one", 100, 1);
        plot.add("one", 10_000, 1);
        plot.add("one", 1_000_000, 0.5);

        assertThat(plot.svg())
                .contains(">100</text>", ">10,000</text>", ">1,000,000</text>", ">0.2</text>")
                .contains("points=\"84.0,44.0 312.0,44.0 540.0,204.0\"");
    }
}
