package io.grasp.samples.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WrappedTextTest {
    @Test
    void aLineThatFitsIsNotChanged() {
        assertThat(WrappedText.lines("as wide as this", 15)).containsExactly("as wide as this");
        assertThat(WrappedText.lines("", 15)).containsExactly("");
    }

    @Test
    void aLongLineIsBrokenAtSpacesAndItsContinuationIsIndented() {
        assertThat(WrappedText.lines("one two three four five six", 14))
                .containsExactly("one two three", "  four five", "  six");
        assertThat(WrappedText.lines("  To repeat it: grasp simulate", 20))
                .containsExactly("  To repeat it:", "    grasp simulate");
    }

    @Test
    void continuationsOfATableStandBelowItsLastColumn() {
        assertThat(WrappedText.lines("   0.085  Briggs  -> M_NEGOTIATE [5, 4153256582, [\"EX3\", 3]]", 44))
                .containsExactly(
                        "   0.085  Briggs  -> M_NEGOTIATE [5,", "                    4153256582, [\"EX3\", 3]]");
    }

    @Test
    void wideAndCombiningCharactersAreWrappedByTheirColumns() {
        assertThat(WrappedText.lines("日本語 日本語", 13)).containsExactly("日本語 日本語");
        assertThat(WrappedText.lines("日本語 日本語", 12)).containsExactly("日本語", "  日本語");
        assertThat(WrappedText.lines("😀😀😀😀😀😀", 9)).containsExactly("😀😀😀😀", "  😀😀");
        String combined = "e\u0301".repeat(10);
        assertThat(WrappedText.lines(combined, 10)).containsExactly(combined);
    }

    @Test
    void aWordThatIsLongerThanALineIsBroken() {
        assertThat(WrappedText.lines("h'" + "0".repeat(20) + "'", 10))
                .containsExactly("h'00000000", "  00000000", "  0000'");
    }
}
