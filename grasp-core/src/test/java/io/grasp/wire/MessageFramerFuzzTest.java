package io.grasp.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The framer, on any stream, split in any way. */
class MessageFramerFuzzTest {
    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void framesAnyCutAlike(byte[] stream) {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(stream));
        WireOracle.checkStream(stream, () -> 1 + random.nextInt(16));
    }

    /** Each message together with the beginning of the next one. */
    static Stream<byte[]> seeds() {
        return Vectors.all().stream().map(vector -> {
            byte[] bytes = vector.bytes();
            byte[] stream = Arrays.copyOf(bytes, bytes.length + bytes.length / 2);
            System.arraycopy(bytes, 0, stream, bytes.length, stream.length - bytes.length);
            return stream;
        });
    }
}
