package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborLimits;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A flood without some of its objectives. */
class FloodWithoutTest {
    private static final String HEAD = "09 01 50 fd451345000000000000000000000001 1903e8";
    /** [["EX1", 5, 6], ["no tag"]]: its tag is inexact. */
    private static final String INEXACT_EX1 = "82 83 63455831 05 06 81 666e6f20746167";
    /** [["EX2", 5, 3, 7], []] */
    private static final String EX2 = "82 84 63455832 05 03 07 80";
    /** [["EX3", 5, 3, 7], []] */
    private static final String EX3 = "82 84 63455833 05 03 07 80";
    /** An option of a later document. */
    private static final String OPTION = "82 1903e8 61 78";

    private static Flood flood(String... elements) throws MalformedMessageException {
        String all = "9f" + HEAD + String.join("", elements) + "ff";
        return (Flood)
                new MessageDecoder(CborLimits.DEFAULT).decode(HexFormat.of().parseHex(all.replace(" ", "")));
    }

    @Test
    void objectivesAreLeftOutAlsoIfTheirTagsAreInexactAndOptionsWithThem() throws MalformedMessageException {
        Flood whole = flood(INEXACT_EX1, EX2, OPTION, EX3, INEXACT_EX1);

        assertThat(whole.names()).containsExactly("EX1", "EX2", "EX3");
        Flood some = whole.without(Set.of("EX1", "EX3"));

        assertThat(MessageEncoder.encode(some))
                .isEqualTo(MessageEncoder.encode(
                        flood("82 84 63455832 05 06 07 80"))); // with the loop count of the first objective
    }

    @Test
    void nothingRemainsWithoutAnObjective() throws MalformedMessageException {
        assertThat(flood(EX2, OPTION).without(Set.of("EX2"))).isNull();
        assertThat(flood(INEXACT_EX1, OPTION).without(Set.of("EX1"))).isNull();
        assertThat(flood(INEXACT_EX1, EX2).without(Set.of("EX2")))
                .satisfies(rest -> assertThat(rest.first().loopCount()).isEqualTo(6));
    }
}
