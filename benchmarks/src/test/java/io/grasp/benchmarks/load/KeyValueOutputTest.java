package io.grasp.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is understood of what a process says. */
class KeyValueOutputTest {
    @Test
    void theLastLineWithValuesIsRead() throws IOException {
        KeyValueOutput spoken = last("ok=1 failed=7\nready\nok=2  seconds=0.5\nbye\n");
        assertThat(spoken.number("ok")).isEqualTo(2);
        assertThat(spoken.number("seconds")).isEqualTo(0.5);
        assertThat(spoken.number("failed")).isNaN();
    }

    @Test
    void aMissingOrInvalidValueIsNotANumber() throws IOException {
        assertThat(last("").number("ok")).isNaN();
        assertThat(last("ok=many failed=\n").number("ok")).isNaN();
        assertThat(last("ok=many failed=\n").number("failed")).isNaN();
        assertThat(last("=1\n").values()).isEmpty();
    }

    private static KeyValueOutput last(String said) throws IOException {
        return KeyValueOutput.last(new ByteArrayInputStream(said.getBytes(StandardCharsets.UTF_8)));
    }
}
