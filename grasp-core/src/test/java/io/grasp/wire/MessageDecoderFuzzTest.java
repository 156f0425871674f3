package io.grasp.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoder and encoder, on any bytes. */
class MessageDecoderFuzzTest {
    /** Encodings that our encoder does not produce: numbers that are not in shortest form, indefinite-length arrays and strings. */
    private static final String[] WIDE = {
        "9b00000000000000031a000000041b00000000ffffffff9a0000000478034558311a7fffffff1900ff1800",
        "9f01085f41c043000201ff9f7f6161ff050600ffff",
        "9f0908440a0000011a0000000a9f9f6178050600ff9f18697f6161ff061901bbffffff",
    };

    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void decodesOrRefuses(byte[] bytes) {
        WireOracle.checkMessage(bytes);
    }

    static Stream<byte[]> seeds() {
        MessageGenerator messages = new MessageGenerator(new SplittableRandom(1));
        return Stream.of(
                        Vectors.all().stream().map(Vectors.Vector::bytes),
                        Stream.of(WIDE).map(HexFormat.of()::parseHex),
                        Stream.generate(messages::next).limit(100).map(MessageEncoder::encode))
                .flatMap(Function.identity());
    }
}
