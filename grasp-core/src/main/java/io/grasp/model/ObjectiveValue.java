package io.grasp.model;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * An objective's value: one CBOR data item that the protocol carries bit for bit and never interprets. It is decoded
 * only when asked, by Jackson or by the user from its raw bytes.
 *
 * <p>A value given as raw CBOR travels inside tag 24 and is taken out of it on receipt (RFC 8991 section 2.3.2.4):
 * {@link #item()} is what stands on the wire, {@link #content()} what the user means. Equality is by the bytes on the
 * wire.
 */
public final class ObjectiveValue {
    /** No value at all. */
    public static final ObjectiveValue NONE = new ObjectiveValue(null);

    private static final long TAG_ENCODED_CBOR = 24;

    private final @Nullable CborItem item;

    private ObjectiveValue(@Nullable CborItem item) {
        this.item = item;
    }

    /**
     * A value that Jackson writes as CBOR.
     *
     * @param value anything Jackson can write: a record, a collection, a {@link JsonNode}, a string, a number
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if Jackson cannot write it
     */
    public static ObjectiveValue of(Object value) {
        byte[] encoded = JacksonCbor.write(Objects.requireNonNull(value, "value"));
        return new ObjectiveValue(CborItem.wrap(encoded, 0, encoded.length));
    }

    /**
     * A value that stands in the message just as it is.
     *
     * @param item the item
     * @return the value
     */
    public static ObjectiveValue ofItem(CborItem item) {
        return new ObjectiveValue(Objects.requireNonNull(item, "item"));
    }

    /**
     * A value given as raw CBOR; it travels inside tag 24 so that ASAs in any language can exchange it.
     *
     * @param cbor exactly one well-formed data item; copied
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if it is not
     */
    public static ObjectiveValue ofRawCbor(byte[] cbor) {
        try {
            CborItem.of(cbor);
        } catch (CborException e) {
            throw GraspException.local(
                            GraspErrorCode.CBOR_FAIL, "the raw value is not one CBOR item: " + e.getMessage())
                    .causedBy(e);
        }
        CborWriter writer = new CborWriter();
        writer.writeTag(TAG_ENCODED_CBOR);
        writer.writeBytes(cbor);
        byte[] tagged = writer.toByteArray();
        return new ObjectiveValue(CborItem.wrap(tagged, 0, tagged.length));
    }

    /** {@return whether there is a value} */
    public boolean isPresent() {
        return item != null;
    }

    /**
     * The item on the wire.
     *
     * @return the item, including a tag 24 around it
     * @throws IllegalStateException if there is no value
     */
    public CborItem item() {
        if (item == null) {
            throw new IllegalStateException("the objective has no value");
        }
        return item;
    }

    /** {@return whether the value stands in a tag 24 that holds one well-formed item} */
    public boolean isRawCbor() {
        return item != null && embedded(item) != null;
    }

    /**
     * The value without the tag 24 around it, if there is one.
     *
     * @return the inner item of a raw CBOR value, else {@link #item()}
     * @throws IllegalStateException if there is no value
     */
    public CborItem content() {
        CborItem inner = embedded(item());
        return inner == null ? item() : inner;
    }

    /**
     * The value as Jackson reads it.
     *
     * @param type what to read it as
     * @param <T> what to read it as
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if the value is none, or is not such a thing
     */
    public <T> T as(Class<T> type) {
        return JacksonCbor.read(present(), type);
    }

    /**
     * The value as Jackson reads it.
     *
     * @param type what to read it as
     * @param <T> what to read it as
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if the value is none, or is not such a thing
     */
    public <T> T as(TypeReference<T> type) {
        return JacksonCbor.read(present(), type);
    }

    /**
     * The value as a tree. What JSON cannot express (tags, simple values, the width of numbers) is not in it; for that,
     * see {@link #content()}.
     *
     * @return the tree
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if the value is none, or Jackson cannot read it
     */
    public JsonNode asJson() {
        return JacksonCbor.readTree(present());
    }

    private byte[] present() {
        if (item == null) {
            throw GraspException.local(GraspErrorCode.CBOR_FAIL, "the objective has no value");
        }
        return content().bytes();
    }

    private static @Nullable CborItem embedded(CborItem item) {
        try {
            CborReader reader = item.reader();
            if (!reader.isTag() || reader.readTag() != TAG_ENCODED_CBOR || !reader.isBytes()) {
                return null;
            }
            return CborItem.of(reader.readBytes());
        } catch (CborException e) {
            return null; // a byte string that holds no item is a value like any other
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectiveValue value && Objects.equals(item, value.item);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(item);
    }

    /** {@return the value in CBOR diagnostic notation} */
    @Override
    public String toString() {
        return item == null ? "none" : item.diagnostic();
    }
}
