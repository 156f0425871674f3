package io.grasp.inspection;

import io.grasp.cbor.CborItem;
import io.grasp.model.ObjectiveValue;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first bytes of an objective's value, which may be all of them. Immutable. */
public final class ValueExcerpt {
    /** There is no value. */
    public static final ValueExcerpt NONE = new ValueExcerpt(null, new byte[0], 0);

    /** The value if it is whole. */
    private final @Nullable ObjectiveValue whole;

    private final byte[] bytes;
    private final int length;

    private ValueExcerpt(@Nullable ObjectiveValue whole, byte[] bytes, int length) {
        this.whole = whole;
        this.bytes = bytes;
        this.length = length;
    }

    /**
     * Takes the first bytes of a value.
     *
     * @param value the value, may be absent
     * @param most the maximum number of bytes
     * @return the excerpt
     */
    public static ValueExcerpt of(ObjectiveValue value, int most) {
        if (!value.isPresent()) {
            return NONE;
        }
        CborItem item = value.item();
        byte[] all = item.bytes();
        return all.length <= most
                ? new ValueExcerpt(value, all, all.length)
                : new ValueExcerpt(null, Arrays.copyOf(all, most), all.length);
    }

    /** {@return a copy of the bytes: CBOR, and only the beginning of an item if this is not the whole value} */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** {@return the number of bytes of the whole value; 0 if there is none} */
    public int length() {
        return length;
    }

    /** {@return whether this is the whole value} */
    public boolean isWhole() {
        return bytes.length == length;
    }

    /** {@return the value; empty if this is only its beginning, or if there is none} */
    public Optional<ObjectiveValue> value() {
        return Optional.ofNullable(whole);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ValueExcerpt that && length == that.length && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes) + length;
    }

    /** {@return the value in CBOR's diagnostic notation, or the hexadecimal digits of its beginning} */
    @Override
    public String toString() {
        if (whole != null) {
            return whole.toString();
        }
        return length == 0 ? "" : "h'" + HexFormat.of().formatHex(bytes) + "'... (" + length + " bytes)";
    }
}
