package io.grasp.samples.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void aFailureOfAFileHasItsReasonInWords() {
        assertThat(Failures.oneLine(new AccessDeniedException("/etc/x"))).isEqualTo("/etc/x: permission denied");
        assertThat(Failures.oneLine(new UncheckedIOException(new NoSuchFileException("/etc/\u001bx"))))
                .isEqualTo("/etc/\\u001bx: it does not exist");
        assertThat(Failures.oneLine(new UncheckedIOException("more is known", new NoSuchFileException("/etc/x"))))
                .isEqualTo("more is known");
    }
}
