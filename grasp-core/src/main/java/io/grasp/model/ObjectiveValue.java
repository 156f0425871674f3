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
     * The mapper that {@link #of(Object)} and {@code as} use. It gives nothing where an item is no such thing:
     *
     * <ul>
     *   <li>no floating-point number as an integer, no number as text, truth value or constant of an enum, no text as a
     *       number or as bytes, no bytes as text or as anything else but bytes, a buffer or a {@link java.util.UUID};
     *       numbers only where they fit exactly. This holds for all types that Jackson reads from text;
     *   <li>a time is text as {@code java.time} parses it, with nothing cut off and its offset kept, or a number of
     *       seconds where the type counts them ({@link java.time.Instant}, {@link java.time.OffsetDateTime},
     *       {@link java.time.ZonedDateTime}, {@link java.time.Duration}, and {@link java.util.Date} and
     *       {@link java.util.Calendar}, which take whole milliseconds only); {@link java.time.Year} and
     *       {@link java.time.Month} are integers (a month is its name as well). A pattern that
     *       {@code @JsonFormat} gives goes first;
     *   <li>no two elements of a set and no two keys of a map that are the same once they are converted;
     *   <li>every primitive field or setter of a bean has to be there, unless it is annotated
     *       {@code @JsonProperty(isRequired = OptBoolean.FALSE)};
     *   <li>every component of a record, and every other parameter of what makes an object, has to be there and not to
     *       be null, unless it is annotated {@code @Nullable} or is an {@link java.util.Optional}; elements of
     *       collections and maps may be null;
     *   <li>fields that the type does not know are refused. The objective's author can ignore or collect them
     *       (RFC 9222 section 9 rule 8), by annotating the type with
     *       {@code @JsonIgnoreProperties(ignoreUnknown = true)} or {@code @JsonAnySetter}, or by giving a mapper that
     *       does;
     *   <li>what is written has its properties in the order of their declaration.
     * </ul>
     *
     * Other rules are made from it: {@code mapper().rebuild().disable(FAIL_ON_UNKNOWN_PROPERTIES).build()}.
     *
     * @return the mapper, which never changes and any thread may use
     */
    public static CBORMapper mapper() {
        return JacksonCbor.STRICT;
    }

    /**
     * A value that Jackson writes as CBOR, in the preferred serialization of RFC 8949 section 4.1: definite lengths and
     * the shortest numbers, in the order given.
     *
     * @param value anything Jackson can write: a record, a collection, a {@link JsonNode}, a string, a number; an
     *     {@link ObjectiveValue} or a {@link CborItem} stays as it is
     * @return the value
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if Jackson cannot write it, or an exponent is beyond
     *     20,000, which {@code as} would not read
     */
    public static ObjectiveValue of(Object value) {
        return of(value, mapper());
    }

    /**
     * A value that a mapper of the caller's writes as CBOR; otherwise like {@link #of(Object)}.
     *
     * @param value anything that the mapper can write
     * @param mapper says how
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
        return new ObjectiveValue(JacksonCbor.write(Objects.requireNonNull(value, "value"), mapper));
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
     * The value as a Java object, by the rules of {@link #mapper()}.
     *
     * @param type what to read it as
     * @param <T> what to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or it is no such thing; the
     *     message says where in it
     */
    public <T> T as(Class<T> type) {
        return as(type, mapper());
    }

    /**
     * The value as a Java object, by the rules of {@link #mapper()}.
     *
     * @param type what to read it as
     * @param <T> what to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or it is no such thing; the
     *     message says where in it
     */
    public <T> T as(TypeReference<T> type) {
        return as(type, mapper());
    }

    /**
     * The value as a Java object, by the rules of a mapper of the caller's.
     *
     * @param type what to read it as
     * @param mapper reads the tree that {@link #asJson()} describes, but with byte strings as they are; of any format
     * @param <T> what to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or it is no such thing
     */
    public <T> T as(Class<T> type, ObjectMapper mapper) {
        return JacksonCbor.read(present(), type, mapper);
    }

    /**
     * The value as a Java object, by the rules of a mapper of the caller's.
     *
     * @param type what to read it as
     * @param mapper see {@link #as(Class, ObjectMapper)}
     * @param <T> what to read it as
     * @return the value, never {@code null}
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or it is no such thing
     */
    public <T> T as(TypeReference<T> type, ObjectMapper mapper) {
        return JacksonCbor.read(present(), type, mapper);
    }

    /**
     * The value as a tree. Bignums and fractions (tags 2 to 5 of RFC 8949) are numbers; integers as keys are their
     * digits; a byte string is text if tag 21, 22 or 23 asks for that, else a binary node. What JSON cannot express
     * (other tags, the width of numbers, simple values, which are null) is not in it; for that, see {@link #content()}.
     *
     * @return the tree
     * @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if there is no value, or it fits no tree: a key that
     *     is neither text nor an integer, a key that occurs twice, text that is not UTF-8, a tag before what it may not
     *     stand before (RFC 8949 section 3.4), a UUID (tag 37) that is not 16 bytes, an exponent beyond 20,000, more
     *     than 500 levels
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
