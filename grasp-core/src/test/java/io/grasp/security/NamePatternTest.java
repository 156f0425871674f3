package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "EX1, EX1, true",
        "EX1, EX12, false",
        "EX1, ex1, false",
        "*, '', true",
        "EX*, EX, true",
        "EX*, EX1, true",
        "EX*, AEX1, false",
        "*@example.com, +a@example.com, true",
        "*@example.com, +a@example.com.evil, false",
        "a*b*c, abc, true",
        "a*b*c, a-b-b-c, true",
        "a*b*c, ac, false",
        "ab*ba, aba, false",
        "a**b, ab, true",
        "*x*, x, true",
        "a.c, abc, false"
    })
    void aStarStandsForAnyCharacters(String pattern, String name, boolean fits) {
        assertThat(new NamePattern(pattern).fits(name)).isEqualTo(fits);
    }

    /** A regular expression with as many stars would need minutes. */
    @Test
    void aLongNameIsComparedInShortTime() {
        assertThat(new NamePattern("*a*a*a*a*a*a*a*a*b*").fits("a".repeat(60_000)))
                .isFalse();
    }

    @Test
    void aPatternIsNotEmpty() {
        assertThatThrownBy(() -> new NamePattern("")).hasMessage("a pattern must not be empty");
    }
}
