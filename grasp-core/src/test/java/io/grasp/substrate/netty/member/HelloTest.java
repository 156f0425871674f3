package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HelloTest {
    private static final String INSTANCE = "000102030405060708090a0b0c0d0eff";

    private static Hello decode(String message) {
        return Hello.decode(HexFormat.of().parseHex(message));
    }

    @Test
    void aHelloHasAVersionAnInstanceAndAPort() {
        assertThat(new Hello(INSTANCE, 65_535).encode())
                .asHexString()
                .isEqualToIgnoringCase("0001" + INSTANCE + "FFFF");
        assertThat(decode("0001" + INSTANCE + "1B69")).isEqualTo(new Hello(INSTANCE, 7017));
    }

    @Test
    void bytesOfLaterVersionsAreIgnored() {
        assertThat(decode("0001" + INSTANCE + "0000" + "0102")).isEqualTo(new Hello(INSTANCE, 0));
    }

    @Test
    void whatIsShorterOrOfAnotherKindOrVersionIsNoHello() {
        assertThat(decode("0001" + INSTANCE + "1B")).isNull();
        assertThat(decode("0101" + INSTANCE + "1B69")).isNull();
        assertThat(decode("0002" + INSTANCE + "1B69")).isNull();
    }
}
