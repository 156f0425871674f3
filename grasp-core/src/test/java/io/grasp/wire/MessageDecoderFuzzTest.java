package io.grasp.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoder and encoder, on any bytes. */
class MessageDecoderFuzzTest {
    @MethodSource("seeds")
    @FuzzTest // after the source, or Jazzer refuses to fuzz
    void decodesOrRefuses(byte[] bytes) {
        WireOracle.checkMessage(bytes);
    }

    static Stream<byte[]> seeds() {
        MessageGenerator messages = new MessageGenerator(new SplittableRandom(1));
        return Stream.concat(
                Vectors.all().stream().map(Vectors.Vector::bytes),
                Stream.generate(messages::next).limit(100).map(MessageEncoder::encode));
    }
}
