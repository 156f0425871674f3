package io.grasp.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Framer, on any stream, cut in any way. */
class MessageFramerFuzzTest {
    @MethodSource("seeds")
    @FuzzTest // after the source, or Jazzer refuses to fuzz
    void framesAnyCutAlike(byte[] stream) {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(stream));
        WireOracle.checkStream(stream, () -> 1 + random.nextInt(16));
    }

    /** Each message with the beginning of the next. */
    static Stream<byte[]> seeds() {
        return Vectors.all().stream().map(vector -> {
            byte[] bytes = vector.bytes();
            byte[] stream = Arrays.copyOf(bytes, bytes.length + bytes.length / 2);
            System.arraycopy(bytes, 0, stream, bytes.length, stream.length - bytes.length);
            return stream;
        });
    }
}
