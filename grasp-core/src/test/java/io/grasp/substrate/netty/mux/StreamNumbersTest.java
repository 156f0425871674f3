package io.grasp.substrate.netty.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamNumbersTest {
    private final StreamNumbers numbers = new StreamNumbers(MuxRole.INITIATOR, 8);

    private List<Integer> untilPing() {
        List<Integer> used = new ArrayList<>();
        while (!numbers.needsPing()) {
            used.add(numbers.next());
        }
        return used;
    }

    @Test
    void aNumberIsSkippedAsLongAsItsStreamIsOpen() {
        assertThat(untilPing()).containsExactly(1, 3, 5, 7, 9, 11, 13, 15);
        numbers.pingCameBack(List.of(1, 13));
        assertThat(untilPing()).containsExactly(3, 5, 7);
        numbers.pingCameBack(List.of(13));
        assertThat(untilPing()).containsExactly(9, 11, 15);
        numbers.pingCameBack(List.of());
        assertThat(untilPing()).containsExactly(1, 3, 5, 7);
    }
}
