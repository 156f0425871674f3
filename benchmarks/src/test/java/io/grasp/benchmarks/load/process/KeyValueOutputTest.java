package io.grasp.benchmarks.load.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Tests how the output of a process is read. */
class KeyValueOutputTest {
    @Test
    void lastLineWithValuesCounts() throws IOException {
        KeyValueOutput output = last("ok=1 failed=7\nready\nok=2  seconds=0.5\nbye\n");
        assertThat(output.number("ok")).isEqualTo(2);
        assertThat(output.number("seconds")).isEqualTo(0.5);
        assertThat(output.number("failed")).isNaN();
    }

    @Test
    void missingValueIsNotANumber() throws IOException {
        assertThat(last("").number("ok")).isNaN();
        assertThat(last("ok=many failed=\n").number("ok")).isNaN();
        assertThat(last("ok=many failed=\n").number("failed")).isNaN();
        assertThat(last("=1\n").values()).isEmpty();
    }

    private static KeyValueOutput last(String text) throws IOException {
        return KeyValueOutput.last(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
