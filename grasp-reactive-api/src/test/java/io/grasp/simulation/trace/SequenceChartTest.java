package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The content of a chart, in every form. */
class SequenceChartTest {
    private final SequenceChart town = SequenceChart.of(Scenes.town());

    @Test
    void nodesCanBeChosenAndOrdered() {
        String chart = town.withNodes("carol", "alice", "nobody").mermaid();

        assertThat(chart.lines().skip(1).limit(3))
                .containsExactly(
                        "    participant n0 as carol", "    participant n1 as alice", "    participant n2 as nobody");
        assertThat(chart)
                .contains("M_NEGOTIATE", "partitioned", "alice, carol closed")
                .doesNotContain("M_FLOOD", "crashed");
    }

    @Test
    void messagesCanBeChosen() {
        String chart = town.withMessages("M_FLOOD", "M_END").mermaid();

        assertThat(chart)
                .contains("M_FLOOD", "M_END", "crashed", "lost")
                .doesNotContain("M_DISCOVERY", "M_NEGOTIATE", "reset");
    }

    @Test
    void messagesOfATypeWithoutANameCanBeChosen() {
        byte[] extension = {(byte) 0x82, 0x18, 55, 1}; // [55, 1]
        List<SimEvent> events = new Scene()
                .event(Kind.DELIVERED, "a", "b", "lan", extension, "")
                .delivered("a", "b", Scene.accept())
                .events();

        assertThat(SequenceChart.of(events).withMessages("M_55").mermaid())
                .contains("M_55")
                .doesNotContain("M_END");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FLOOD", "m_flood", "M_FLOD", "M_-1", "9"})
    void anUnknownMessageTypeIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> town.withMessages("M_FLOOD", name))
                .withMessageContaining("'" + name + "'");
    }

    @Test
    void aTimeRangeCanBeChosen() {
        String chart =
                town.between(Duration.ofMillis(3_100), Duration.ofMillis(3_500)).mermaid();

        assertThat(chart.lines())
                .containsExactly(
                        "sequenceDiagram",
                        "    participant n0 as bob",
                        "    participant n1 as carol",
                        "    Note over n0: 3.100000 bob suspended",
                        "    n0->>n1: 3.400000 reset");
    }

    @Test
    void aNodeThatWasDownBeforeTheRangeIsShownAsDown() {
        String late =
                town.between(Duration.ofMillis(3_005), Duration.ofMillis(3_600)).html("");

        assertThat(late).contains("class=\"down crashed\"", "relay-2 started").doesNotContain("relay-2 crashed");
    }

    @Test
    void signalsOfConnectionsAreShownOnRequestOnly() {
        assertThat(town.mermaid()).contains("reset").doesNotContain("opened", "finished", "link lan up");
        assertThat(town.withSignals().mermaid()).contains("opened", "finished", "5 nodes: link lan up");
    }

    @Test
    void multicastThatReachesManyAtTheSameMomentIsOneRow() {
        assertThat(SequenceChart.of(Scenes.crowd()).html("").lines().filter(line -> line.contains("M_FLOOD</b>")))
                .hasSize(1);
    }

    @Test
    void aSecondCopyIsASeparateRow() {
        Scene scene = new Scene()
                .delivered("a", "b", Scene.accept())
                .delivered("a", "c", Scene.accept())
                .delivered("a", "b", Scene.accept());

        assertThat(SequenceChart.of(scene.events()).html("").lines().filter(line -> line.contains("M_END</b>")))
                .hasSize(2);
    }

    @Test
    void aLinkThatComesUpLaterIsShown() {
        Scene scene = new Scene()
                .node(Kind.STARTED, "a")
                .link(Kind.LINK_UP, "a", "lan")
                .at(5)
                .link(Kind.LINK_UP, "a", "wlan");

        assertThat(SequenceChart.of(scene.events()).mermaid())
                .contains("a: link wlan up")
                .doesNotContain("link lan up");
    }

    @Test
    void theNumberOfRowsIsLimited() {
        SequenceChart chart = town.withMaxRows(3);

        assertThat(chart.mermaid()).endsWith("  Note over n0,n4: rows not shown: 29\n");
        assertThat(chart.mermaid().lines()).hasSize(1 + 5 + 3 + 1);
        assertThat(chart.html("")).contains("rows not shown: 29").doesNotContain("M_DISCOVERY");
        assertThatIllegalArgumentException().isThrownBy(() -> town.withMaxRows(0));
    }

    @Test
    void aChartIsMadeOfATrace() {
        Trace trace = Trace.create();
        Scenes.town().forEach(trace::happened);

        assertThat(trace.chart().mermaid()).isEqualTo(town.mermaid());
    }
}
