package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.asa.Money;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    @ParameterizedTest
    @ValueSource(longs = {0, 23, 24, 400, 0xFFFF_FFFFL, Long.MAX_VALUE})
    void aSumIsWrittenAndReadAsPlainAndRawCbor(long amount) {
        Money money = Money.nzd(amount);

        ObjectiveValue plain = money.value(false);
        ObjectiveValue raw = money.value(true);

        assertThat(plain).hasToString("[\"NZD\", " + amount + "]");
        assertThat(plain.isRawCbor()).isFalse();
        assertThat(raw.isRawCbor()).isTrue();
        assertThat(raw.content()).isEqualTo(plain.item());
        assertThat(Money.read(EX3.withValue(plain))).isEqualTo(money);
        assertThat(Money.read(EX3.withValue(raw))).isEqualTo(money);
        assertThat(money.isNzd()).isTrue();
    }

    @Test
    void indefiniteLengthsAndBignumsAreReadAsSums() {
        assertThat(Money.read(EX3.withValue(Cbor.value("9f7f614e625a44ff1b000000000000000aff"))))
                .isEqualTo(Money.nzd(10));
        assertThat(Money.read(EX3.withValue(Cbor.value("82634e5a44c2410a")))).isEqualTo(Money.nzd(10));
    }

    @ParameterizedTest
    @MethodSource("io.grasp.samples.Nonsense#all")
    void anInvalidValueIsNoSumInNzd(ObjectiveValue value, String reason) {
        Money money = Money.read(EX3.withValue(value));

        assertThat(money == null || !money.isNzd()).isTrue();
        assertThat(money == null).isEqualTo(reason.equals("Invalid request"));
    }
}
