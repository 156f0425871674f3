package io.grasp.samples.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.ObjectiveValue;
import io.grasp.model.UnfitValueException;
import io.grasp.util.HostileText;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixParamsTest {
    /** What cbor.dumps of Python writes for the list in pfxm3.py, which is the example of RFC 8992 section 6.1. */
    private static final String GOLDEN = "83"
            + ("8282" + text("role") + text("RSG") + "82" + text("prefix_length") + "1822")
            + ("8282" + text("role") + text("ASG") + "82" + text("prefix_length") + "182c")
            + ("8282" + text("role") + text("CSG") + "82" + text("prefix_length") + "1838");

    private static String text(String text) {
        return HexFormat.of().toHexDigits((byte) (0x60 + text.length()))
                + HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void theDefaultsAreTheExampleOfTheRfc() {
        ObjectiveValue encoded = PrefixParamsCodec.encode(PrefixParams.DEFAULTS);
        assertThat(HexFormat.of().formatHex(encoded.item().bytes())).isEqualTo(GOLDEN);
        assertThat(PrefixParamsCodec.decode(encoded)).isEqualTo(PrefixParams.DEFAULTS);
        assertThat(PrefixParams.DEFAULTS.lengthFor("ASG")).hasValue(44);
        assertThat(PrefixParams.DEFAULTS.lengthFor("X")).isEmpty();
    }

    @Test
    void theOperatorPrecedesWhatIsFloodedAndThatPrecedesTheDefaults() {
        PrefixParams flooded = new PrefixParams(Map.of()).withLength("ASG", 48).withLength("NEW", 60);
        PrefixParams operators = new PrefixParams(Map.of("ASG", 50));
        PrefixParams effective = PrefixParams.DEFAULTS.overriddenBy(flooded).overriddenBy(operators);
        assertThat(effective.lengths()).isEqualTo(Map.of("RSG", 34, "ASG", 50, "CSG", 56, "NEW", 60));
    }

    @Test
    void unknownPairsAreIgnoredInAnyOrder() {
        ObjectiveValue value = ObjectiveValue.of(List.of(
                List.of(List.of("vendor", Map.of("a", 1)), List.of("prefix_length", 40), List.of("role", "RSG"))));
        assertThat(PrefixParamsCodec.decode(value).lengths()).isEqualTo(Map.of("RSG", 40));
    }

    @Test
    void aValueThatDoesNotFitIsRefusedWithItsPlace() {
        refused("there is no value", ObjectiveValue.NONE);
        refused("an array was expected", ObjectiveValue.of(Map.of("RSG", 34)));
        refused("an array was expected, at /0", ObjectiveValue.of(List.of("RSG")));
        refused("an array was expected, at /0/1", role(List.of("role", "A"), "x"));
        refused("a name and a value were expected, at /0/0", role(List.of("role")));
        refused("an array of at most 2 elements was expected, at /0/0", role(List.of("role", "A", "B")));
        refused("a text was expected, at /0/0/0", role(List.of(1, "A")));
        refused("a text was expected, at /0/0/1", role(List.of("role", 1), List.of("prefix_length", 1)));
        refused("the name comes twice, at /0/1", role(List.of("role", "A"), List.of("role", "B")));
        refused("\"role\" is missing, at /0", role(List.of("prefix_length", 1)));
        refused("\"prefix_length\" is missing, at /0", role(List.of("role", "A")));
        refused(
                "an integer from 0 to 128 was expected, at /0/1/1",
                role(List.of("role", "A"), List.of("prefix_length", 129)));
        refused(
                "an integer from 0 to 128 was expected, at /0/1/1",
                role(List.of("role", "A"), List.of("prefix_length", "34")));
        refused(
                "the name of a role has 1 to 64 characters, at /0/0/1",
                role(List.of("role", ""), List.of("prefix_length", 1)));
        List<Object> entry = List.of(List.of("role", "A"), List.of("prefix_length", 1));
        refused("the role comes twice, at /1", ObjectiveValue.of(List.of(entry, entry)));
        refused(
                "an array of at most 64 elements was expected",
                ObjectiveValue.of(IntStream.range(0, 65).mapToObj(i -> entry).toList()));
    }

    private static ObjectiveValue role(Object... pairs) {
        return ObjectiveValue.of(List.of(List.of(pairs)));
    }

    private static void refused(String message, ObjectiveValue value) {
        assertThatThrownBy(() -> PrefixParamsCodec.decode(value))
                .isInstanceOf(UnfitValueException.class)
                .hasMessage(message);
    }

    @Test
    void parametersAreBoundedAndPrintable() {
        assertThatIllegalArgumentException().isThrownBy(() -> PrefixParams.DEFAULTS.withLength("A", 129));
        assertThatIllegalArgumentException().isThrownBy(() -> PrefixParams.DEFAULTS.withLength("A".repeat(65), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrefixParams(
                        IntStream.range(0, 65).boxed().collect(Collectors.toMap(i -> "R" + i, i -> 64))));
        HostileText.assertPrintableLine("parameters", new PrefixParams(Map.of("a\u202e\u001b\n", 64)).toString());
    }
}
