package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.observe.DropReason;
import io.grasp.substrate.SubstrateDrop;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DropReasonsTest {
    @ParameterizedTest
    @CsvSource({
        "MESSAGE_TOO_LONG, MESSAGE_TOO_LONG",
        "TOO_MANY_CONNECTIONS, CONNECTIONS",
        "NOT_SERVED, NOT_SERVED",
        "MALFORMED, MALFORMED",
        "WRONG_TYPE, WRONG_PATH",
        "SLOW_NEIGHBOR, SLOW_NEIGHBOR"
    })
    void aDropOfTheSubstrateHasAReasonOfItsOwn(SubstrateDrop dropped, DropReason reason) {
        assertThat(DropReasons.reason(dropped)).isEqualTo(reason);
    }
}
