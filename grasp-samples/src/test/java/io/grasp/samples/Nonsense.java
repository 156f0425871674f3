package io.grasp.samples;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.ObjectiveValue;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Values of EX3 that are no sum to bargain over. */
final class Nonsense {
    private static final String REQUEST = "Invalid request";

    private Nonsense() {}

    /** Each value, and what Briggs says to it. */
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
                arguments(item("82634e5a441b8000000000000000"), REQUEST), // 2^63
                arguments(item("82634e5a443bffffffffffffffff"), REQUEST), // -2^64
                arguments(item("82634e5a44c249010000000000000000"), REQUEST), // 2^64, a bignum
                arguments(item("82634e5a44fb7e37e43c8800759c"), REQUEST), // 1.0e+300
                arguments(item("82634e5a44f97e00"), REQUEST), // NaN
                arguments(item("82634e5a44f7"), REQUEST), // undefined
                arguments(item("f7"), REQUEST),
                arguments(item("f6"), REQUEST),
                arguments(item("f0"), REQUEST), // simple(16)
                arguments(item("a14101634e5a44"), REQUEST), // a key that is a byte string
                arguments(item("a1820102634e5a44"), REQUEST), // a key that is an array
                arguments(item("d8184101"), REQUEST), // 24(h'01'): raw CBOR, but 1
                arguments(item("d818421840"), REQUEST), // 24(h'1840'): 64
                arguments(item("d818411a"), REQUEST), // 24(h'1a'): a tag 24 that holds no item
                arguments(item("8262ff0a0a"), REQUEST), // a text that is not UTF-8
                arguments(item("d8185902bc" + "81".repeat(699) + "01"), REQUEST), // deep inside a tag 24
                arguments(item("5902bc" + "00".repeat(700)), REQUEST));
    }

    private static ObjectiveValue item(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex)));
        } catch (CborException e) {
            throw new AssertionError(hex, e);
        }
    }
}
