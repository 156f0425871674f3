package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlChartTest {
    private final String page =
            SequenceChart.of(Scenes.hostile()).html("<Town> & \"co\"\u0007", "seed 2481", "</p><img>");

    @Test
    void isWellFormedAsXmlToo() throws Exception {
        String town = SequenceChart.of(Scenes.town()).html("A town", "seed 2481");

        SvgChartTest.parse(page);
        assertThat(SvgChartTest.parse(town).getElementsByTagName("svg").getLength())
                .isEqualTo(5);
        SvgChartTest.parse(SequenceChart.of(List.of()).html(""));
    }

    @Test
    void tellsTitleAndFacts() {
        assertThat(page)
                .startsWith("<!DOCTYPE html>\n")
                .contains("<title>&lt;Town&gt; &amp; &quot;co&quot;\\u0007</title>")
                .contains("<p>seed 2481</p>")
                .contains("<p>&lt;/p&gt;&lt;img&gt;</p>")
                .doesNotContain("<script", "<img");
    }

    @Test
    void needsNothingElse() {
        assertThat(page.replace("xmlns=\"http://www.w3.org/2000/svg\"", ""))
                .doesNotContain("http:", "https:", "url(", "@import", "src=", "href=");
    }

    @Test
    void adaptsToADarkSurrounding() {
        assertThat(page).contains("prefers-color-scheme:dark", "content=\"light dark\"");
    }
}
