package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.Proves;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborLimits;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks each golden message against its expectation. */
class VectorsTest {
    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);

    @Test
    void theExpectedNumberOfVectorsIsRead() {
        assertThat(Vectors.of(Vectors.Kind.MESSAGE)).hasSize(79);
        assertThat(Vectors.of(Vectors.Kind.NEGATIVE)).hasSize(2);
        assertThat(Vectors.of(Vectors.Kind.MALFORMED)).hasSize(1);
        assertThat(Vectors.of(Vectors.Kind.CIPHERTEXT)).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("messages")
    @Proves("8990-4-1")
    void messageVectorsAreDecodedAndEncoded(Vectors.Vector vector) throws MalformedMessageException {
        assertThat(MessagePrinter.print(vector.bytes())).isEqualTo(vector.diagnostic());
        GraspMessage message = decoder.decode(vector.bytes());
        assertThat(message).isNotInstanceOf(UnknownMessage.class);
        assertThat(MessageEncoder.encode(message)).isEqualTo(vector.bytes());
        WireOracle.checkMessage(vector.bytes());
    }

    static Stream<Vectors.Vector> messages() {
        return Vectors.of(Vectors.Kind.MESSAGE).stream();
    }

    /** RFC 8990 requires that both are accepted: one as unknown, one with content to ignore. */
    @ParameterizedTest
    @MethodSource("negatives")
    void negativeVectorsAreDecodedWithTheirUnknownParts(Vectors.Vector vector) throws MalformedMessageException {
        assertThat(MessagePrinter.print(vector.bytes())).isEqualTo(vector.diagnostic());
        GraspMessage message = decoder.decode(vector.bytes());
        if (message instanceof UnknownMessage unknown) {
            assertThat(unknown.type()).isEqualTo(55);
            assertThat(unknown.session().value()).isEqualTo(8);
            assertThat(unknown.raw().bytes()).isEqualTo(vector.bytes());
        } else {
            Wait wait = (Wait) message;
            assertThat(wait.waitMillis()).isEqualTo(1000);
            assertThat(wait.extras()).singleElement().hasToString("811865");
        }
        WireOracle.checkMessage(vector.bytes());
    }

    static Stream<Vectors.Vector> negatives() {
        return Vectors.of(Vectors.Kind.NEGATIVE).stream();
    }

    @ParameterizedTest
    @MethodSource("malformed")
    @Proves("8990-2.9.1-3")
    void malformedVectorsAreRefused(Vectors.Vector vector) throws CborException {
        byte[] bytes = vector.bytes();
        MessageFramer framer = new MessageFramer(CborLimits.DEFAULT);
        framer.feed(bytes);
        assertThat(framer.next()).as("needs more").isNull();
        assertThat(framer.pendingBytes()).isEqualTo(bytes.length);
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> decoder.decode(bytes))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TRUNCATED))
                .satisfies(e -> assertThat(e.offset()).isEqualTo(bytes.length));
    }

    static Stream<Vectors.Vector> malformed() {
        return Vectors.of(Vectors.Kind.MALFORMED).stream();
    }

    @ParameterizedTest
    @MethodSource("ciphertexts")
    void ciphertextVectorsAreRefused(Vectors.Vector vector) {
        assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> decoder.decode(vector.bytes()));
        WireOracle.checkMessage(vector.bytes());
        WireOracle.checkStream(vector.bytes(), () -> 3);
    }

    static Stream<Vectors.Vector> ciphertexts() {
        return Vectors.of(Vectors.Kind.CIPHERTEXT).stream();
    }
}
