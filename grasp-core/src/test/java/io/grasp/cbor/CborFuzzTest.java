package io.grasp.cbor;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Scanner, reader, diagnostic notation and values, on any bytes. */
class CborFuzzTest {
    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void readsByTheBook(byte[] bytes) {
        CborOracle.check(bytes);
    }

    static Stream<byte[]> seeds() {
        SplittableRandom random = new SplittableRandom(1);
        return Stream.of(
                        Rfc8949.appendixA().map(Rfc8949.Example::bytes),
                        Rfc8949.appendixF().map(Rfc8949.NotWellFormed::bytes),
                        Stream.generate(() -> CborGenerator.item(random, 4)).limit(100))
                .flatMap(Function.identity());
    }
}
