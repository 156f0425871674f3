package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveTest {
    /** UTF-8 cannot express it, so peers would receive another name. */
    @ParameterizedTest
    @ValueSource(strings = {"\ud800x", "x\udc00", "\udc00\ud800", "\ud83d\ude00\ud83d"})
    void aNameWithHalfOfASurrogatePairIsRefused(String name) {
        assertThatThrownBy(() -> Objective.synchronizable(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("half of a surrogate pair");
    }

    @Test
    void aNameMayHaveAnyCharacters() {
        assertThat(Objective.negotiable("é 日本 \ud83d\ude00").name()).isEqualTo("é 日本 \ud83d\ude00");
    }
}
