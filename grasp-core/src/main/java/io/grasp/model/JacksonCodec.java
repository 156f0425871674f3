package io.grasp.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Reads and writes a type with Jackson. */
final class JacksonCodec<T> extends ObjectiveCodec<T> {
    /**
     * The maximum number of reported fields: finding each one requires reading the value again, and the peer determines
     * how many there are.
     */
    private static final int MAX_REPORTED = 8;

    private final JavaType type;
    private final CBORMapper mapper;
    /** Knows the types of elements, which a list does not; {@code null} for types that their values show. */
    private final @Nullable ObjectWriter writer;

    private final ObjectReader rejecting;
    private final ObjectReader ignoring;

    JacksonCodec(JavaType type, CBORMapper mapper) {
        this.type = type;
        this.mapper = mapper;
        // Finds the serializer: if the versions of the class path do not fit, this fails, and not the first call
        ObjectWriter ofType = mapper.writerFor(type);
        this.writer = hasElements(type) ? ofType : null;
        ObjectReader reader = mapper.readerFor(type);
        this.rejecting = reader.with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        this.ignoring = reader.without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }

    private static boolean hasElements(JavaType type) {
        return type.isContainerType() || type.isReferenceType() || type.hasGenericTypes() && type.isFinal();
    }

    @Override
    ObjectiveValue encode(T value) {
        return writer == null
                ? ObjectiveValue.of(value, mapper)
                : ObjectiveValue.ofItem(JacksonCbor.write(value, writer));
    }

    @Override
    T decode(ObjectiveValue value, UnknownFields unknown, List<String> reported) throws Misfit {
        if (!value.isPresent()) {
            throw Misfit.noValue();
        }
        JsonNode tree = JacksonCbor.exact(value.content(), type);
        return switch (unknown) {
            case REJECT -> read(tree, rejecting);
            case IGNORE -> read(tree, ignoring);
            case REPORT -> readAndReport(tree, reported);
        };
    }

    /**
     * Removes one unknown field after the other from the tree: Jackson's own handler for them is not called in every
     * case, and does not always know the place.
     */
    private T readAndReport(JsonNode tree, List<String> reported) throws Misfit {
        while (reported.size() < MAX_REPORTED) {
            try {
                return read(tree, rejecting);
            } catch (Misfit misfit) {
                if (misfit.kind() != Misfit.Kind.UNKNOWN_FIELD || !remove(tree, misfit.pointer())) {
                    T value = read(tree, ignoring); // fits except for unknown elements of an array, or does not fit
                    reported.add(misfit.pointer());
                    return value;
                }
                reported.add(misfit.pointer());
            }
        }
        return read(tree, ignoring);
    }

    private static boolean remove(JsonNode tree, String pointer) {
        JsonPointer field = JsonPointer.compile(pointer);
        return tree.at(field.head()) instanceof ObjectNode object
                && object.remove(field.last().getMatchingProperty()) != null;
    }

    @SuppressWarnings("unchecked") // it is an instance of the type, or nothing is read
    private T read(JsonNode tree, ObjectReader reader) throws Misfit {
        return (T) JacksonCbor.read(tree, type, reader);
    }

    @Override
    UnknownFields unknownFields() {
        return mapper.isEnabled(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                ? UnknownFields.REJECT
                : UnknownFields.IGNORE;
    }

    @Override
    public String toString() {
        return type.toCanonical();
    }
}
