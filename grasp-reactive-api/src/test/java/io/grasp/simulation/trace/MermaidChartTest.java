package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class MermaidChartTest {
    private static String mermaid(List<SimEvent> events) {
        return SequenceChart.of(events).mermaid();
    }

    @Test
    void aNegotiationIsWritten() {
        assertThat(mermaid(Scenes.bargain())).isEqualTo("""
                        sequenceDiagram
                            participant n0 as gray
                            participant n1 as briggs
                            Note over n0,n1: 0.000000 gray, briggs started
                            n0->>n1: 0.005000 M_DISCOVERY EX3 loop 6
                            n1->>n0: 0.010000 M_RESPONSE at [fd00::2]:10002
                            n0->>n1: 0.015000 M_REQ_NEG EX3 loop 6: ["NZD", 50]
                            n1->>n0: 0.020000 M_WAIT 30.000 s
                            Note over n0,n1: 25.000000 s pass
                            n1->>n0: 25.020000 M_NEGOTIATE EX3 loop 5: ["NZD", 80]
                            n0->>n1: 25.025000 M_END decline: too dear
                        """);
    }

    @Test
    void everyKindOfEventIsWritten() {
        Golden.check("town.mmd", mermaid(Scenes.town()));
    }

    @Test
    void messagesThatDoNotArriveOrArriveDamagedSayWhy() {
        Scene scene = new Scene()
                .message(Kind.LOST, "a", "b", "lan", Scene.accept())
                .message(Kind.UNREACHED, "b", "a", "lan", Scene.accept())
                .message(Kind.RETRANSMITTED, "a", "b", "", Scene.pause(1))
                .message(Kind.CORRUPTED, "a", "a", "lan", Scene.pause(2));

        assertThat(mermaid(scene.events()).lines().skip(3))
                .containsExactly(
                        "    n0--xn1: 0.000000 M_END accept [lost]",
                        "    n1--xn0: 0.000000 M_END accept [unreachable]",
                        "    n0--xn1: 0.000000 M_WAIT 0.001 s [retransmitted]",
                        "    n0->>n0: 0.000000 M_WAIT 0.002 s [corrupted]");
    }

    @Test
    void messagesWithoutAReceiverAreNotes() {
        List<SimEvent> events = new Scene()
                .message(Kind.UNREACHED, "a", "", "lan", Scene.accept())
                .message(Kind.DUPLICATED, "a", "b", "lan", Scene.accept())
                .events();

        assertThat(mermaid(events))
                .contains("Note over n0: 0.000000 a: M_END accept unreachable\n")
                .contains("Note over n0: 0.000000 a: M_END accept duplicated\n");
    }

    @Test
    void repeatedEventsOfOneMomentAreRepeated() {
        Scene scene =
                new Scene().node(Kind.CRASHED, "a").node(Kind.STARTED, "a").node(Kind.CRASHED, "a");

        assertThat(mermaid(scene.events()).lines().skip(2))
                .containsExactly(
                        "    Note over n0: 0.000000 a crashed",
                        "    Note over n0: 0.000000 a started",
                        "    Note over n0: 0.000000 a crashed");
    }

    @Test
    void namesAndTextsAreEscaped() {
        String chart = mermaid(Scenes.hostile());

        Golden.check("hostile.mmd", chart);
        assertThat(chart).doesNotContain("<", ">&", "\u202E", "\u0000", "%");
        assertThat(chart.lines()).hasSize(1 + 3 + 3);
        assertThat(mermaid(new Scene().node(Kind.CRASHED, "a;b %% #c\n{d}").events()))
                .contains("participant n0 as a#59;b #37;#37; #35;c#92;u000a#123;d#125;\n");
    }

    @Test
    void anEmptyChartIsWritten() {
        assertThat(mermaid(List.of())).isEqualTo("sequenceDiagram\n    participant n0 as nothing to show\n");
    }
}
