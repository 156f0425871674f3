package io.grasp.model;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * An objective's value: one CBOR data item that the protocol carries bit for bit and never interprets. It is decoded
 * only on demand, by Jackson or by the user from its raw bytes.
 *
 * <p>A value given as raw CBOR is sent inside tag 24 and unwrapped on receipt (RFC 8991 section 2.3.2.4):
 * {@link #item()} is the item on the wire, {@link #content()} the value inside. Equality compares the bytes on the
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
     * The mapper that {@link #of(Object)} and {@code as} use. It is strict about types:
     *
     * <ul>
     *   <li>it does not read a floating-point number as an integer, a number as text, boolean or enum constant, text as
     *   a number or as bytes, or bytes as anything but bytes, a buffer or a {@link java.util.UUID}; numbers must fit
     *   exactly. This holds for all types that Jackson reads from text;
     *   <li>a time is text as {@code java.time} parses it, without truncation and with its offset, or a number of
     *       seconds if the type counts seconds ({@link java.time.Instant}, {@link java.time.OffsetDateTime},
     *       {@link java.time.ZonedDateTime}, {@link java.time.Duration}, and {@link java.util.Date} and
     *       {@link java.util.Calendar}, which accept only whole milliseconds); {@link java.time.Year} and
     *       {@link java.time.Month} are integers (a month may also be its name). A pattern in {@code @JsonFormat} takes
     *       precedence;
     *   <li>two elements of a set, or two keys of a map, must not be equal after conversion;
     *   <li>every primitive field or setter of a bean must be present, unless it is annotated
     *       {@code @JsonProperty(isRequired = OptBoolean.FALSE)};
     *   <li>every record component, and every other creator parameter, must be present and not null, unless it is
     *   annotated {@code @Nullable} or is an {@link java.util.Optional}; elements of collections and maps may be null;
     *   <li>unknown fields are refused. The objective's author can ignore or collect them (RFC 9222 section 9 rule 8):
     *   annotate the type with {@code @JsonIgnoreProperties(ignoreUnknown = true)} or {@code @JsonAnySetter}, or pass a
     *   mapper that accepts them; a {@link TypedObjective} has a policy for them;
     *   <li>a record has no other properties than its components, unless a method of it is annotated;
     *   <li>properties are written in the order of their declaration.
     * </ul>
     *
     * Derive other rules from it: {@code mapper().rebuild().disable(FAIL_ON_UNKNOWN_PROPERTIES).build()}.
     *
     * @return the mapper, which is immutable and safe for use by any thread
     */
    public static CBORMapper mapper() {
        return JacksonCbor.STRICT;
    }

    /**
     * Makes {@link #mapper} forget the Java types that it has converted, so that the classes of an ASA that has
     * ended can be unloaded. Later conversions look at their types again. May block for a short time.
     */
    public static void forgetTypes() {
        JacksonCbor.STRICT.clearCaches();
    }

    /**
     * A value that Jackson writes as CBOR, in the preferred serialization of RFC 8949 section 4.1: definite lengths and
     * the shortest numbers, in the order given.
     *
     * @param value anything Jackson can write: a record, a collection, a {@link JsonNode}, a string, a number; an
     *     {@link ObjectiveValue} or a {@link CborItem} stays as it is
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if Jackson cannot write it, or if an exponent is
     *     beyond 20,000, which {@code as} could not read back
     */
    public static ObjectiveValue of(Object value) {
        return of(value, mapper());
    }

    /**
     * A value that the caller's mapper writes as CBOR; otherwise like {@link #of(Object)}.
     *
     * @param value anything that the mapper can write
     * @param mapper the mapper that writes it
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if the mapper cannot write it, or an exponent is
     *     beyond 20,000
     */
    public static ObjectiveValue of(Object value, CBORMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        if (value instanceof ObjectiveValue made) {
            return made;
        } else if (value instanceof CborItem item) {
            return ofItem(item);
        }
        return new ObjectiveValue(JacksonCbor.write(Objects.requireNonNull(value, "value"), mapper.writer()));
    }

    /**
     * A value that is sent exactly as it is.
     *
     * @param item the item
     * @return the value
     */
    public static ObjectiveValue ofItem(CborItem item) {
        return new ObjectiveValue(Objects.requireNonNull(item, "item"));
    }

    /**
     * A value given as raw CBOR. It is sent inside tag 24, so that ASAs in any language can exchange it.
     *
     * @param cbor exactly one well-formed data item; copied
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if it is not one well-formed item
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

    /** {@return whether the value is a tag 24 that contains one well-formed item} */
    public boolean isRawCbor() {
        return item != null && embedded(item) != null;
    }

    /**
     * The value without the tag 24 around it, if there is one.
     *
     * @return the inner item of a raw CBOR value, otherwise {@link #item()}
     * @throws IllegalStateException if there is no value
     */
    public CborItem content() {
        CborItem inner = embedded(item());
        return inner == null ? item() : inner;
    }

    /**
     * The value as a Java object, by the rules of {@link #mapper()}.
     *
     * @param type the type to read it as
     * @param <T> the type to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or if it is not of this type;
     *     the message names the place in the value
     */
    public <T> T as(Class<T> type) {
        return as(type, mapper());
    }

    /**
     * The value as a Java object, by the rules of {@link #mapper()}.
     *
     * @param type the type to read it as
     * @param <T> the type to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or if it is not of this type;
     *     the message names the place in the value
     */
    public <T> T as(TypeReference<T> type) {
        return as(type, mapper());
    }

    /**
     * The value as a Java object, by the rules of the caller's mapper.
     *
     * @param type the type to read it as
     * @param mapper a mapper of any format; it reads the tree that {@link #asJson()} describes, but with byte strings
     *     left as they are
     * @param <T> the type to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or if it is not of this type
     */
    public <T> T as(Class<T> type, ObjectMapper mapper) {
        return JacksonCbor.read(present(), type, mapper);
    }

    /**
     * The value as a Java object, by the rules of the caller's mapper.
     *
     * @param type the type to read it as
     * @param mapper see {@link #as(Class, ObjectMapper)}
     * @param <T> the type to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or if it is not of this type
     */
    public <T> T as(TypeReference<T> type, ObjectMapper mapper) {
        return JacksonCbor.read(present(), type, mapper);
    }

    /**
     * The value as a tree. Bignums and fractions (tags 2 to 5 of RFC 8949) are numbers; an integer key is text with its
     * digits; a byte string is text if tag 21, 22 or 23 requests that, otherwise a binary node. The tree omits what
     * JSON cannot express: other tags, the width of numbers, and simple values, which become null. For these, see
     * {@link #content()}.
     *
     * @return the tree
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or if it fits no tree: a key
     *     that is neither text nor an integer, a duplicate key, text that is not UTF-8, a tag before an item that it
     *     must not stand before (RFC 8949 section 3.4), a UUID (tag 37) that is not 16 bytes, an exponent beyond
     *     20,000, more than 500 levels
     */
    public JsonNode asJson() {
        return JacksonCbor.readTree(present());
    }

    private CborItem present() {
        if (item == null) {
            throw GraspException.local(GraspErrorCode.CBOR_FAIL, "the objective has no value");
        }
        return content();
    }

    private static @Nullable CborItem embedded(CborItem item) {
        try {
            CborReader reader = item.reader();
            if (!reader.isTag() || reader.readTag() != TAG_ENCODED_CBOR || !reader.isBytes()) {
                return null;
            }
            return CborItem.of(reader.readBytes());
        } catch (CborException e) {
            return null; // a byte string that contains no item is an ordinary value
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
