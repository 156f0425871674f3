package io.grasp.samples.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandardStreamTest {
    private static String printed(Charset charset) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintWriter out = new PrintWriter(new StandardStream.Escaping(bytes, charset, failure -> {}));
        out.print("café € \uD83D\uDE00");
        out.flush();
        return bytes.toString(charset);
    }

    @Test
    void charactersThatTheTerminalLacksAreEscaped() {
        assertThat(printed(StandardCharsets.US_ASCII)).isEqualTo("caf\\u00e9 \\u20ac \\ud83d\\ude00");
        assertThat(printed(StandardCharsets.ISO_8859_1)).isEqualTo("café \\u20ac \\ud83d\\ude00");
        assertThat(printed(StandardCharsets.UTF_8)).isEqualTo("café € \uD83D\uDE00");
    }

    @Test
    void aFailureIsReportedOnceAndLaterOutputIsLost() {
        List<IOException> failures = new ArrayList<>();
        int[] writes = {0};
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                writes[0]++;
                throw new IOException("No space left on device");
            }
        };
        PrintWriter out = new PrintWriter(new StandardStream.Escaping(full, StandardCharsets.UTF_8, failures::add));
        for (int i = 0; i < 3; i++) {
            out.println("line");
            out.flush();
        }

        assertThat(failures).singleElement().hasToString("java.io.IOException: No space left on device");
        assertThat(writes[0]).isEqualTo(1);
    }
}
