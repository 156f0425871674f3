package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class OutputTest {
    private final StringWriter out = new StringWriter();

    private String printed(boolean json) {
        Output output = new Output(new PrintWriter(out), json);
        output.say("talk");
        output.result(new Result("é\n\u001b", null), "in\nwords é");
        output.record(new Result("more", 1));
        return out.toString();
    }

    @Test
    void textOutputPrintsMessagesAndResultsAsSingleLines() {
        assertThat(printed(false).lines()).containsExactly("talk", "in\\u000awords é");
    }

    @Test
    void jsonOutputPrintsOneAsciiObjectPerLine() {
        assertThat(printed(true).lines())
                .containsExactly(
                        "{\"text\":\"\\u00E9\\n\\u001B\",\"number\":null}", "{\"text\":\"more\",\"number\":1}");
    }

    @Test
    void aFailureIsDescribedInOneLine() {
        assertThat(Failures.oneLine(new IllegalStateException("first\nsecond"))).isEqualTo("first");
        assertThat(Failures.oneLine(new IllegalStateException("\n  first\r\nsecond")))
                .isEqualTo("first");
        assertThat(Failures.oneLine(new IllegalStateException("a\u001b[2Jb"))).isEqualTo("a\\u001b[2Jb");
        assertThat(Failures.oneLine(new IllegalStateException(" \n"))).isEqualTo("IllegalStateException");
        assertThat(Failures.oneLine(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    private record Result(String text, Integer number) {}
}
