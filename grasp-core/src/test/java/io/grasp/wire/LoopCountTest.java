package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.Proves;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopCountTest {
    @ParameterizedTest
    @CsvSource({
        // a discovery, whose loop count gets a shorter head
        "84 01 08 4401020304 83 6178 05 1818, 23, 84 01 08 4401020304 83 6178 05 17",
        // ... or a longer one
        "84 01 08 4401020304 83 6178 05 17, 255, 84 01 08 4401020304 83 6178 05 18ff",
        // only the first objective of a flood; numbers that are not short, indefinite arrays and extras stay
        "87 09 190008 4401020304 0a 82 846178 05 06 1900ff 80 82 836179 05 06 80 82186b41ff, 5, "
                + "87 09 190008 4401020304 0a 82 846178 05 05 1900ff 80 82 836179 05 06 80 82186b41ff",
        "9f 09 08 4401020304 0a 82186b41ff 9f 9f6178 05 06 ff 80 ff ff, 5, "
                + "9f 09 08 4401020304 0a 82186b41ff 9f 9f6178 05 05 ff 80 ff ff",
        // loop counts beyond 255: that of the first objective is replaced, others stay unchanged
        "84 01 08 4401020304 83 6178 05 190100, 254, 84 01 08 4401020304 83 6178 05 18fe",
        "86 09 08 4401020304 0a 82 836178 05 1bffffffffffffffff 80 82 836179 05 19012c 80, 254, "
                + "86 09 08 4401020304 0a 82 836178 05 18fe 80 82 836179 05 19012c 80",
    })
    @Proves({"8990-2.10.3-5", "8990-2.10.1-1"})
    void replacingTheLoopCountChangesNothingElse(String before, int loopCount, String after) {
        byte[] message = bytes(before);
        assertThat(LoopCount.replace(message, loopCount)).isEqualTo(bytes(after));
    }

    @Test
    void messagesWithoutALoopCountAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> LoopCount.replace(bytes("83 04 08 83 6178 05 06"), 5));
        assertThatIllegalArgumentException().isThrownBy(() -> LoopCount.replace(bytes("8100"), 5));
        assertThatIllegalArgumentException().isThrownBy(() -> LoopCount.replace(bytes("84 09 08 4401020304 0a"), 5));
        assertThatIllegalArgumentException().isThrownBy(() -> LoopCount.replace(bytes("ff"), 5));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
