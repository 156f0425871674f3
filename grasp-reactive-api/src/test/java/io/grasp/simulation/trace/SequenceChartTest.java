package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.wire.MessageType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a chart shows, whatever it is drawn with. */
class SequenceChartTest {
    private final SequenceChart town = SequenceChart.of(Scenes.town());

    @Test
    void someNodesInAnOrderOfTheirOwn() {
        String chart = town.withNodes("carol", "alice", "nobody").text();

        assertThat(chart.lines().findFirst())
                .hasValueSatisfying(names -> assertThat(names.trim()).matches("carol +alice +nobody"));
        assertThat(chart)
                .contains("M_NEGOTIATE", "partitioned", "alice, carol closed")
                .doesNotContain("M_FLOOD", "crashed");
    }

    @Test
    void someMessages() {
        String chart = town.withMessages(MessageType.M_FLOOD, MessageType.M_END).text();

        assertThat(chart)
                .contains("M_FLOOD", "M_END", "crashed", "lost")
                .doesNotContain("M_DISCOVERY", "M_NEGOTIATE", "reset");
    }

    @Test
    void someTime() {
        String chart =
                town.between(Duration.ofMillis(3_100), Duration.ofMillis(3_500)).text();

        assertThat(chart.lines()).hasSize(3);
        assertThat(chart).contains("bob suspended", "reset").doesNotContain("started", "crashed");
    }

    @Test
    void whoWasDownBeforeTheBeginningIsDown() {
        SequenceChart late = town.between(Duration.ofMillis(3_005), Duration.ofMillis(3_600));

        assertThat(late.asciiText()).contains("o-------x:", "relay-2 started").doesNotContain("relay-2 crashed");
        assertThat(late.svg()).contains("<title>relay-2: crashed</title>");
    }

    @Test
    void signalsOfConnectionsOnlyWhenAskedFor() {
        assertThat(town.text()).contains("reset").doesNotContain("opened", "finished", "link lan up");
        assertThat(town.withSignals().text()).contains("opened", "finished", "5 nodes: link lan up");
    }

    @Test
    void whatReachesManyAtTheSameMomentIsOneArrow() {
        assertThat(SequenceChart.of(Scenes.crowd()).text().lines().filter(line -> line.contains("M_FLOOD")))
                .hasSize(1);
    }

    @Test
    void aSecondCopyIsAnArrowOfItsOwn() {
        Scene scene = new Scene()
                .delivered("a", "b", Scene.accept())
                .delivered("a", "c", Scene.accept())
                .delivered("a", "b", Scene.accept());

        assertThat(SequenceChart.of(scene.events()).asciiText().lines().skip(1)).hasSize(2);
    }

    @Test
    void aLinkThatComesUpLaterIsShown() {
        Scene scene = new Scene()
                .node(Kind.STARTED, "a")
                .link(Kind.LINK_UP, "a", "lan")
                .at(5)
                .link(Kind.LINK_UP, "a", "wlan");

        assertThat(SequenceChart.of(scene.events()).text())
                .contains("a: link wlan up")
                .doesNotContain("link lan up");
    }

    @Test
    void noMoreRowsThanAskedFor() {
        String text = town.withMaxRows(3).text();

        assertThat(text.lines()).hasSize(1 + 3 + 1);
        assertThat(text).endsWith("  rows not shown: 29\n");
        assertThat(town.withMaxRows(3).svg()).contains("rows not shown: 29");
        assertThatIllegalArgumentException().isThrownBy(() -> town.withMaxRows(0));
    }

    @Test
    void ofATrace() {
        Trace trace = Trace.create();
        Scenes.town().forEach(trace::happened);

        assertThat(trace.chart().text()).isEqualTo(town.text());
    }
}
