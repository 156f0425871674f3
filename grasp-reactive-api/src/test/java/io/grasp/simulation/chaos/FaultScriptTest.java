package io.grasp.simulation.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text of faults. */
class FaultScriptTest {
    private static final String EVERYTHING = "0 conditions n0-n1 delay=0.02 jitter=0.1 bandwidth=10000 queueBytes=1500"
            + " mtu=1500 loss=0.25 duplication=0.5 reordering=0.1 corruption=0.05; 0.5 conditions lan; 1.5 partition n0 n3;"
            + " 2 heal; 3 down n0-n1; 3.1 up n0-n1; 4 disconnect n2 n1-n2; 5 connect n2 n1-n2; 6 crash n1; 6.5 start n1;"
            + " 7 close n1; 8 suspend n0; 9 resume n0; 10 clock n0 offset=-300 rate=1.1; 11.000000001 slow n0 time=0.05";

    @Test
    void textIsReadAndWrittenAlike() {
        FaultScript script = FaultScript.parse(EVERYTHING);

        assertThat(script.toString()).isEqualTo(EVERYTHING);
        assertThat(script.size()).isEqualTo(script.lines().size()).isEqualTo(15);
        assertThat(FaultScript.parse("\n  " + String.join("\n\n", script.lines()) + "\n;"))
                .isEqualTo(script)
                .hasSameHashCodeAs(script);
        assertThat(FaultScript.parse("").size()).isZero();
    }

    @Test
    void timesAndProbabilitiesAreExact() {
        Duration at = Duration.ofNanos(1_234_567_891);
        LinkConditions conditions = LinkConditions.PERFECT.withLoss(1.0 / 3).withDelay(Duration.ofNanos(7));

        FaultEvent event = FaultEvent.conditions(at, "lan", conditions);

        assertThat(FaultEvent.parse(event.toString())).isEqualTo(event);
        assertThat(event).hasToString("1.234567891 conditions lan delay=0.000000007 loss=" + 1.0 / 3);
        assertThat(event.milder())
                .extracting(FaultEvent::toString)
                .containsExactly(
                        "1.234567891 conditions lan loss=" + 1.0 / 3, "1.234567891 conditions lan delay=0.000000007");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', delimiter = '|', textBlock = """
        soon crash n0            | a value is not a number
        1                        | it needs a time and an action
        -1 crash n0              | its time is negative
        0.0000000001 crash n0    | a value is not a number
        1 explode n0             | there is no action 'explode'
        1 crash                  | nodes and links after 'crash': expected 1, found 0
        1 crash n0 n1            | nodes and links after 'crash': expected 1, found 2
        1 disconnect n0          | nodes and links after 'disconnect': expected 2, found 1
        1 heal n0                | nodes and links after 'heal': expected 0, found 1
        1 crash n0 time=1        | crash needs the settings [], not [time]
        1 slow n0                | slow needs the settings [time], not []
        1 slow n0 time=long      | a value is not a number
        1 slow n0 time=1 time=2  | 'time=2' occurs twice
        1 conditions lan los=0.1 | links have no condition 'los'
        1 conditions lan loss=2  | loss 2.0 is not from 0 to 1
        1 conditions lan mtu=x   | a value is not a number
        """)
    void invalidTextIsRefused(String line, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FaultScript.parse("1 heal; " + line))
                .withMessage("fault '" + line + "': " + why);
    }
}
