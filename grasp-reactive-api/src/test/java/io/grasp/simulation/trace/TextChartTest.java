package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextChartTest {
    private static String ascii(Scene scene) {
        return SequenceChart.of(scene.events()).asciiText();
    }

    @Test
    void aBargain() {
        Golden.check("bargain.txt", SequenceChart.of(Scenes.bargain()).text());
    }

    @Test
    void aLittleOfEverything() {
        Golden.check("town.txt", SequenceChart.of(Scenes.town()).text());
        Golden.check("town-ascii.txt", SequenceChart.of(Scenes.town()).asciiText());
    }

    @Test
    void onlyNamesAndValuesAreNotAscii() {
        assertThat(SequenceChart.of(Scenes.town()).asciiText()).isASCII();
    }

    @Test
    void thirtyNodesStandCloseTogether() {
        String chart = SequenceChart.of(Scenes.crowd()).text();

        Golden.check("crowd.txt", chart);
        assertThat(chart.lines()).hasSize(2 + 1 + 29);
    }

    @Test
    void namesCannotBreakTheLines() {
        Golden.check("hostile.txt", SequenceChart.of(Scenes.hostile()).text());
    }

    @Test
    void nothingToShow() {
        assertThat(SequenceChart.of(List.of()).text()).isEqualTo("nothing to show\n");
    }

    @Test
    void oneNodeThatTalksToItself() {
        Scene scene = new Scene()
                .at(1)
                .data("alone", "alone", Scene.accept())
                .message(Kind.LOST, "alone", "alone", "lan", Scene.pause(1));

        assertThat(ascii(scene))
                .isEqualTo("               alone\n"
                        + "     0.000001    o<   M_END accept  [to itself]\n"
                        + "                 ox   M_WAIT 0.001 s  [to itself]  [lost]\n");
    }

    @Test
    void whoIsDownHasADottedLifeline() {
        Scene scene = new Scene()
                .node(Kind.CRASHED, "b")
                .at(1)
                .message(Kind.UNREACHED, "a", "b", "lan", Scene.accept())
                .at(2)
                .node(Kind.STARTED, "b")
                .at(3)
                .message(Kind.CORRUPTED, "a", "b", "lan", Scene.accept());

        assertThat(ascii(scene))
                .contains("  X        |  b crashed\n")
                .contains("  :x-------o  M_END accept  [no way]\n")
                .contains("  *        |  b started\n")
                .contains("  |<!------o  M_END accept  [corrupted]\n");
    }

    @Test
    void whatHappensTwiceAtOnceIsShownTwice() {
        Scene scene =
                new Scene().node(Kind.CRASHED, "a").node(Kind.STARTED, "a").node(Kind.CRASHED, "a");

        assertThat(ascii(scene).lines().map(String::strip))
                .containsExactly("a", "0.000000  X  a crashed", "*  a started", "X  a crashed");
    }

    @Test
    void whatIsLongIsCutOff() {
        String chart = ascii(new Scene().network(Kind.PARTITIONED, "node, ".repeat(1_000)));

        assertThat(chart)
                .endsWith("no~\n")
                .startsWith("     0.000000  =  partitioned: node, node, ")
                .isASCII()
                .hasSizeLessThan(200);
    }

    @Test
    void wideLettersTakeTwoColumns() {
        Scene scene = new Scene().delivered("東京", "大阪", Scene.accept()).delivered("大阪", "東京", Scene.accept());
        List<String> lines = SequenceChart.of(scene.events()).text().lines().toList();

        assertThat(lines.get(0)).isEqualTo("               東京     大阪");
        assertThat(lines.get(1)).isEqualTo("     0.000000    ●───────▶│    M_END accept");
    }

    @Test
    void messagesThatNobodyIsToGetAreTold() {
        List<SimEvent> events = new Scene()
                .message(Kind.UNREACHED, "a", "", "lan", Scene.accept())
                .message(Kind.DUPLICATED, "a", "b", "lan", Scene.accept())
                .events();

        assertThat(SequenceChart.of(events).asciiText())
                .contains("a: M_END accept no way\n")
                .contains("a: M_END accept duplicated\n");
    }
}
