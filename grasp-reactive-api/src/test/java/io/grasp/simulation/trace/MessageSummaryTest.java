package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The labels of messages in charts. */
class MessageSummaryTest {
    private static String label(String hex) {
        return MessageSummary.of(Payload.of(HexFormat.of().parseHex(hex.replace(" ", ""))))
                .text();
    }

    @Test
    void floodIsLabelledByItsFirstObjective() {
        String head = " 09 08 50fd000000000000000000000000000001 0a ";
        String exact = "82 84 63455831 05 04 00 80 ";
        assertThat(label("85" + head + exact)).isEqualTo("M_FLOOD EX1 loop 4: 0");
        assertThat(label("86" + head + exact + exact)).isEqualTo("M_FLOOD EX1 (and 1 more) loop 4");
    }

    /** The locator of its only objective has null for a port. */
    @Test
    void floodWithoutAnExactPairIsLabelledByItsObjective() {
        assertThat(label("85 09 08 50fd000000000000000000000000000001 0a"
                        + "82 83 63455831 05 04 84 1867 50fd451345000000000000000000000002 1829 f6"))
                .isEqualTo("M_FLOOD EX1 loop 4");
    }
}
