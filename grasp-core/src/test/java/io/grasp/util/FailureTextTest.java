package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FailureTextTest {
    /** A failure with a text that its own code makes. */
    private static final class Failing extends Error {
        private static final long serialVersionUID = 1L;
        private final transient Supplier<String> text;

        Failing(Supplier<String> text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text.get();
        }
    }

    private static String text(Supplier<String> text) {
        return FailureText.of(new Failing(text));
    }

    @Test
    void aFailureThatCannotBeDescribedIsNamed() {
        assertThat(text(() -> "no luck")).isEqualTo("no luck");
        assertThat(text(() -> null)).isEqualTo(Failing.class.getName());
        assertThat(text(() -> {
                    throw new LinkageError("again");
                }))
                .isEqualTo(Failing.class.getName());
        assertThat(text(FailureTextTest::endless)).isEqualTo(Failing.class.getName());
        assertThat(FailureText.of(new IllegalStateException("no luck"), Throwable::getMessage))
                .isEqualTo("no luck");
        assertThat(FailureText.of(new IllegalStateException(), Throwable::getMessage))
                .isEqualTo("java.lang.IllegalStateException");
    }

    private static String endless() {
        return endless() + "";
    }

    @Test
    void anErrorOfTheVirtualMachineIsPassedOn() {
        assertThatThrownBy(() -> text(() -> {
                    throw new OutOfMemoryError("a test");
                }))
                .isInstanceOf(OutOfMemoryError.class);
    }
}
