package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;

class AsaErrorsTest {
    @Test
    void errorsOfTheVirtualMachineAreFatal() {
        OutOfMemoryError fatal = new OutOfMemoryError("expected by this test");
        List<Throwable> received = new ArrayList<>();
        Context context = AsaErrors.receivedBy(received::add, Context.empty());

        assertThatThrownBy(() -> AsaErrors.rethrowIfFatal(fatal)).isSameAs(fatal);
        assertThatThrownBy(() -> AsaErrors.isolated(() -> {
                    throw fatal;
                }))
                .isSameAs(fatal);
        assertThatThrownBy(() -> AsaErrors.report(context, fatal)).isSameAs(fatal);
        assertThat(received).isEmpty();
    }

    @Test
    void missingClassOrDeepRecursionIsNotFatal() {
        for (Error error : List.of(new StackOverflowError(), new NoClassDefFoundError(), new AssertionError())) {
            List<Throwable> received = new ArrayList<>();

            assertThatCode(() -> AsaErrors.rethrowIfFatal(error)).doesNotThrowAnyException();
            AsaErrors.report(AsaErrors.receivedBy(received::add, Context.empty()), error);

            assertThat(received).containsExactly(error);
        }
    }

    @Test
    void theInnerReceiverIsCalledBeforeTheOuterOne() {
        List<Throwable> outer = new ArrayList<>();
        List<Throwable> inner = new ArrayList<>();

        AsaErrors.report(
                AsaErrors.receivedBy(inner::add, AsaErrors.receivedBy(outer::add, Context.of("user", 1))),
                new StackOverflowError());

        assertThat(outer).isEmpty();
        assertThat(inner).hasSize(1);
    }
}
