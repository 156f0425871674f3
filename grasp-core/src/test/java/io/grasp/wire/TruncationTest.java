package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborLimits;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden message, truncated at every byte. */
class TruncationTest {
    @ParameterizedTest
    @MethodSource("vectors")
    void aTruncatedStreamNeedsMoreBytes(Vectors.Vector vector) throws CborException {
        byte[] bytes = vector.bytes();
        for (int length = 0; length < bytes.length; length++) {
            MessageFramer framer = new MessageFramer(CborLimits.DEFAULT);
            framer.feed(Arrays.copyOf(bytes, length));
            assertThat(framer.next()).isNull();
            assertThat(framer.pendingBytes()).isEqualTo(length);
            framer.feed(Arrays.copyOfRange(bytes, length, bytes.length));
            assertThat(framer.next()).isEqualTo(bytes);
            assertThat(framer.next()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aTruncatedDatagramIsReportedAsSuch(Vectors.Vector vector) {
        byte[] bytes = vector.bytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(MalformedMessageException.class)
                    .isThrownBy(() -> new MessageDecoder(CborLimits.DEFAULT).decode(cut))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TRUNCATED))
                    .satisfies(e -> assertThat(e.offset()).isEqualTo(cut.length))
                    .withMessageEndingWith("cut off, at byte " + length);
        }
    }

    static Stream<Vectors.Vector> vectors() {
        return Stream.of(Vectors.Kind.MESSAGE, Vectors.Kind.NEGATIVE).flatMap(kind -> Vectors.of(kind).stream());
    }
}
