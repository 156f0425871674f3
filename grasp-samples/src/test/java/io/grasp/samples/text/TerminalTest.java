package io.grasp.samples.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final InputStream before = System.in;

    @AfterEach
    void restore() {
        System.setIn(before);
    }

    private static BufferedReader input(byte... bytes) {
        System.setIn(new ByteArrayInputStream(bytes));
        return new BufferedReader(Terminal.inputReader());
    }

    @Test
    void inputIsDecodedAndNothingIsReplaced() throws IOException {
        String name = System.getProperty("native.encoding");
        byte[] line = "café\n".getBytes(name.contains("X3.4") ? StandardCharsets.UTF_8.name() : name);

        assertThat(input(line).readLine()).isEqualTo("café");
        assertThatThrownBy(() -> input((byte) 'a', (byte) 0xFF, (byte) '\n').readLine())
                .isInstanceOf(CharacterCodingException.class);
    }
}
