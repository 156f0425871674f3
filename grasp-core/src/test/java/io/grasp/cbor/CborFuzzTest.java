package io.grasp.cbor;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Scanner, reader, diagnostic notation and values, on any bytes. */
class CborFuzzTest {
    @MethodSource("seeds")
    @FuzzTest // after the source, or Jazzer refuses to fuzz
    void readsByTheBook(byte[] bytes) {
        CborOracle.check(bytes);
    }

    static Stream<byte[]> seeds() {
        return Stream.concat(
                Rfc8949.appendixA().map(Rfc8949.Example::bytes),
                Rfc8949.appendixF().map(Rfc8949.NotWellFormed::bytes));
    }
}
