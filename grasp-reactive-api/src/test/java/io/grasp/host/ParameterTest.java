package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.ObjectiveValue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Values that operators and policies set. */
class ParameterTest {
    private static Parameter<String> text(Predicate<String> check) {
        return Parameter.text("text", "a", value -> value.equals("a") || check.test(value), "a text with an a");
    }

    @Test
    void whateverACheckThrowsTheValueDoesNotFit() {
        Parameter<String> careless = text(value -> value.charAt(0) == 'a');
        Parameter<String> unfinished = text(value -> {
            throw new AssertionError("not implemented");
        });
        Parameter<String> recursive = text(this::recurse);

        for (Parameter<String> each : java.util.List.of(careless, unfinished, recursive)) {
            assertThat(each.parse("a")).isEqualTo("a");
            assertThatExceptionOfType(HostException.class)
                    .isThrownBy(() -> each.parse(""))
                    .withMessage("text cannot be : not a text with an a")
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(HostException.Kind.BAD_SETTING));
            assertThatExceptionOfType(HostException.class)
                    .isThrownBy(() -> each.read(ObjectiveValue.of("")))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(HostException.Kind.BAD_SETTING));
        }
    }

    private boolean recurse(String value) {
        return recurse(value) || value.isEmpty();
    }

    @Test
    void anErrorAfterWhichNothingCanBeReliedOnIsNotHidden() {
        Parameter<String> full = text(value -> {
            throw new OutOfMemoryError("for a test");
        });
        assertThatThrownBy(() -> full.parse("b")).isInstanceOf(OutOfMemoryError.class);
    }
}
