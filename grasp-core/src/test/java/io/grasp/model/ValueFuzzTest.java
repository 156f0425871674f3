package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborGenerator;
import io.grasp.cbor.CborItem;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any item as any type: what Jackson reads from the same bytes, what another decoder reads, or the documented error. */
class ValueFuzzTest {
    /** Numbers at the edges of types, times, tags, records. */
    private static final String[] EDGES = {
        "3b7fffffffffffffff",
        "c249008fffffffffffffff",
        "1bffffffffffffffff",
        "c48221196ab3",
        "c5822003",
        "c482390fff01",
        "c11a514b67b0",
        "c074323031332d30332d32315432303a30343a30305a",
        "fb41d452d9ec200000",
        "fa3f8ccccd",
        "f97e00",
        "d825500102030405060708090a0b0c0d0e0f10",
        "d8184101",
        "d5420102",
        "665054312e3553",
        "a26863757272656e6379634e5a4466616d6f756e74182f",
        "bf66616d6f756e74182f6863757272656e6379634e5a44ff",
        "a10102",
        "83f6f5f7",
        "5f41014102ff",
        "63524544",
    };

    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void readsWhatOthersRead(byte[] bytes) {
        CborItem item;
        try {
            item = CborItem.of(bytes);
        } catch (CborException e) {
            return;
        }
        ValueOracle.check(ObjectiveValue.ofItem(item));
        assertThat(ObjectiveValue.ofRawCbor(bytes).content()).isEqualTo(item);
    }

    static Stream<byte[]> seeds() {
        SplittableRandom random = new SplittableRandom(4);
        return Stream.concat(
                Stream.of(EDGES).map(HexFormat.of()::parseHex),
                Stream.generate(() -> CborGenerator.item(random, 3)).limit(100));
    }
}
