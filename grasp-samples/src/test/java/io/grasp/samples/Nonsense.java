package io.grasp.samples;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.grasp.model.ObjectiveValue;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Values of EX3 that are not a sum of money. */
final class Nonsense {
    private static final String REQUEST = "Invalid request";

    private Nonsense() {}

    /** Each value, and Briggs's answer to it. */
    static Stream<Arguments> all() {
        return Stream.of(
                arguments(ObjectiveValue.of(List.of("USD", 10)), "Invalid currency"),
                arguments(ObjectiveValue.of(List.of("", 10)), "Invalid currency"),
                arguments(ObjectiveValue.of(List.of("NZD", -1)), "Invalid amount"),
                arguments(ObjectiveValue.of(List.of("NZD", Long.MIN_VALUE)), "Invalid amount"),
                arguments(ObjectiveValue.NONE, REQUEST),
                arguments(ObjectiveValue.of(Map.of("NZD", 10)), REQUEST),
                arguments(ObjectiveValue.of(10), REQUEST),
                arguments(ObjectiveValue.of("NZD 10"), REQUEST),
                arguments(ObjectiveValue.of(List.of()), REQUEST),
                arguments(ObjectiveValue.of(List.of("NZD")), REQUEST),
                arguments(ObjectiveValue.of(List.of("NZD", 10, 10)), REQUEST),
                arguments(ObjectiveValue.of(List.of(10, "NZD")), REQUEST),
                arguments(ObjectiveValue.of(List.of("NZD", 10.5)), REQUEST),
                arguments(ObjectiveValue.of(List.of("NZD", "10")), REQUEST),
                arguments(ObjectiveValue.of(List.of("NZD", List.of(10))), REQUEST),
                arguments(Cbor.value("82634e5a441b8000000000000000"), REQUEST), // 2^63
                arguments(Cbor.value("82634e5a443bffffffffffffffff"), REQUEST), // -2^64
                arguments(Cbor.value("82634e5a44c249010000000000000000"), REQUEST), // 2^64, a bignum
                arguments(Cbor.value("82634e5a44fb7e37e43c8800759c"), REQUEST), // 1.0e+300
                arguments(Cbor.value("82634e5a44f97e00"), REQUEST), // NaN
                arguments(Cbor.value("82634e5a44f7"), REQUEST), // undefined
                arguments(Cbor.value("f7"), REQUEST),
                arguments(Cbor.value("f6"), REQUEST),
                arguments(Cbor.value("f0"), REQUEST), // simple(16)
                arguments(Cbor.value("a14101634e5a44"), REQUEST), // a key that is a byte string
                arguments(Cbor.value("a1820102634e5a44"), REQUEST), // a key that is an array
                arguments(Cbor.value("d8184101"), REQUEST), // 24(h'01'): raw CBOR, but 1
                arguments(Cbor.value("d818421840"), REQUEST), // 24(h'1840'): 64
                arguments(Cbor.value("d818411a"), REQUEST), // 24(h'1a'): a tag 24 that holds no item
                arguments(Cbor.value("8262ff0a0a"), REQUEST), // text that is not UTF-8
                arguments(Cbor.value("d8185902bc" + "81".repeat(699) + "01"), REQUEST), // deep inside a tag 24
                arguments(Cbor.value("5902bc" + "00".repeat(700)), REQUEST));
    }
}
