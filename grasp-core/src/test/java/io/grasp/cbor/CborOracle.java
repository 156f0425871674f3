package io.grasp.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborException.Reason;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import java.util.Arrays;

/** Properties that must hold for any bytes. Shared by the fuzz test and by the seeded tests of the normal build. */
final class CborOracle {
    /** Only nesting exceeds these limits, and a count or length greater than an int. */
    private static final CborLimits LIMITS = new CborLimits(Integer.MAX_VALUE, 64, Integer.MAX_VALUE);

    private CborOracle() {}

    static void check(byte[] bytes) {
        Verdict verdict = scan(bytes, bytes.length);
        assertThat(verdict).as("scanned byte by byte").isEqualTo(scan(bytes, 1));
        if (verdict.reason() == Reason.TOO_DEEP) {
            return; // the reference is recursive
        }
        Verdict reference = reference(bytes);
        if (verdict.reason() == Reason.TOO_LARGE || verdict.reason() == Reason.TOO_MANY_ITEMS) {
            assertThat(reference.reason())
                    .as("a count that exceeds the remaining bytes")
                    .isNotNull();
            return;
        }
        assertThat(verdict).as("RFC 8949 appendix C").isEqualTo(reference);
        if (verdict.reason() == null) {
            checkItem(Arrays.copyOf(bytes, verdict.position()), bytes);
        }
    }

    private static void checkItem(byte[] encoded, byte[] bytes) {
        CborItem item = read(bytes);
        assertThat(item.bytes()).isEqualTo(encoded);
        assertThat(item).isEqualTo(CborItem.wrap(encoded, 0, encoded.length));
        CborWriter writer = new CborWriter();
        item.writeTo(writer);
        assertThat(writer.toByteArray()).isEqualTo(encoded);
        // the longest text for one byte is "simple(19), "
        assertThat(item.diagnostic().length()).isBetween(1, 12 * encoded.length);
        JacksonOracle.check(item);
        checkValue(ObjectiveValue.ofItem(item));
    }

    private static CborItem read(byte[] bytes) {
        try {
            CborReader reader = new CborReader(bytes, 0, bytes.length, LIMITS);
            CborItem item = reader.readItem();
            assertThat(reader.position()).isEqualTo(item.length());
            return item;
        } catch (CborException e) {
            throw new AssertionError("the reader must accept whatever the scanner accepts", e);
        }
    }

    /** For any value, the user gets the value or the documented exception. */
    private static void checkValue(ObjectiveValue value) {
        assertThat(value.toString()).isEqualTo(value.item().diagnostic());
        assertThat(value.content()).isNotNull();
        try {
            assertThat(value.asJson()).isNotNull();
        } catch (GraspException expected) {
            assertThat(expected.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
        }
    }

    private static Verdict scan(byte[] bytes, int step) {
        CborScanner scanner = new CborScanner(LIMITS);
        try {
            for (int available = 0; available < bytes.length; available += step) {
                // bytes that are not available yet must not be read
                byte[] visible = Arrays.copyOf(bytes, available);
                int end = scanner.scan(visible, 0, available);
                if (end != CborScanner.NEED_MORE) {
                    return new Verdict(null, end);
                }
            }
            int end = scanner.scan(bytes, 0, bytes.length);
            return end == CborScanner.NEED_MORE ? new Verdict(Reason.TRUNCATED, bytes.length) : new Verdict(null, end);
        } catch (CborException e) {
            return new Verdict(e.reason(), e.offset());
        }
    }

    private static Verdict reference(byte[] bytes) {
        try {
            return new Verdict(null, AppendixC.wellFormed(bytes));
        } catch (CborException e) {
            return new Verdict(e.reason(), e.offset());
        }
    }

    /** @param reason {@code null} for an item that ends at the position */
    private record Verdict(Reason reason, int position) {}
}
