package io.grasp.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
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
        return Vectors.all().stream().map(Vectors.Vector::bytes);
    }
}
