package io.grasp.samples.control.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.text.Output;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveScreenTest {
    private static final String TAKEN = "\u001b[?1049h\u001b[?25l";
    private static final String RELEASED = "\u001b[?25h\u001b[?1049l";

    private final StringWriter terminal = new StringWriter();
    private final List<String> keys = new ArrayList<>();
    private final LiveScreen screen = new LiveScreen(new Output(new PrintWriter(terminal), false), () -> {
        keys.add("read");
        return () -> keys.add("restored");
    });

    @Test
    void itIsGivenBackOnceAndShowsNothingAfterwards() {
        screen.take();
        assertThat(screen.show(List.of("a picture"))).isTrue();
        screen.restore();
        screen.close();

        assertThat(screen.show(List.of("another one"))).isFalse();
        assertThat(keys).containsExactly("read", "restored");
        assertThat(terminal.toString())
                .startsWith(TAKEN)
                .endsWith(RELEASED)
                .containsOnlyOnce(RELEASED)
                .doesNotContain("another");
    }

    @Test
    void theShellHasItWhileTheProcessIsSuspended() {
        screen.take();
        screen.suspend();
        assertThat(screen.show(List.of("a picture for the shell"))).isTrue();
        assertThat(terminal.toString()).isEqualTo(TAKEN + RELEASED);
        assertThat(keys).containsExactly("read", "restored");

        screen.resume();
        assertThat(screen.show(List.of("a picture"))).isTrue();
        screen.suspend();
        screen.close();

        assertThat(terminal.toString())
                .startsWith(TAKEN + RELEASED + TAKEN)
                .endsWith(RELEASED)
                .doesNotContain(RELEASED + RELEASED, "shell");
        assertThat(keys).containsExactly("read", "restored", "read", "restored");
    }

    /** As when a signal comes in the first moments. */
    @Test
    void itIsNotTakenAfterTheEndOfTheProcessHasBegun() {
        screen.restore();
        screen.take();

        assertThat(screen.show(List.of("a picture"))).isFalse();
        screen.close();
        assertThat(keys).isEmpty();
        assertThat(terminal.toString()).isEmpty();
    }
}
