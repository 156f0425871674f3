package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class MessagePrinterTest {
    @Test
    void messagesAndOtherBytesArePrinted() {
        assertThat(print("8118ff")).isEqualTo("[255]");
        assertThat(print("811c")).isEqualTo("h'811c' (not well-formed CBOR, at byte 1)");
        assertThat(print("81")).isEqualTo("h'81' (the item is cut off, at byte 1)");
        assertThat(print("")).isEqualTo("h'' (the item is cut off, at byte 0)");
    }

    private static String print(String hex) {
        return MessagePrinter.print(HexFormat.of().parseHex(hex));
    }
}
