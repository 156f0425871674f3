package io.grasp.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.grasp.cbor.CborItem;
import io.grasp.model.CborTree.Unreadable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TreeCodec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.util.ClassUtil;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Converts objective values with Jackson, and turns Jackson's exceptions into {@link GraspException}s. */
final class JacksonCbor {
    /** See {@link ObjectiveValue#mapper}. */
    static final CBORMapper STRICT = strict();

    private JacksonCbor() {}

    private static CBORMapper strict() {
        return CBORMapper.builder()
                .addModule(new ExactScalars())
                .annotationIntrospector(new StrictProperties())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .withCoercionConfigDefaults(defaults -> {
                    for (CoercionInputShape shape : CoercionInputShape.values()) {
                        defaults.setCoercion(shape, CoercionAction.Fail);
                    }
                })
                // ExactScalars checks that the result is exact
                .withCoercionConfig(
                        LogicalType.Float,
                        config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert))
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build();
    }

    static CborItem write(Object value, ObjectWriter writer) {
        try {
            byte[] encoded = writer.writeValueAsBytes(value);
            CborItem item = CborItem.wrap(encoded, 0, encoded.length).preferred();
            CborTree.requireBoundedExponents(item);
            return item;
        } catch (RuntimeException e) {
            String cannot = "cannot write " + value.getClass().getName() + " as CBOR";
            throw misfit(Misfit.Kind.INVALID, cannot, pointer(e), e).local();
        }
    }

    @SuppressWarnings("unchecked") // Class.cast does not know primitive types
    static <T> T read(CborItem item, Class<T> type, ObjectMapper mapper) {
        return (T) read(item, mapper.constructType(type), mapper);
    }

    @SuppressWarnings("unchecked")
    static <T> T read(CborItem item, TypeReference<T> type, ObjectMapper mapper) {
        return (T) read(item, mapper.constructType(type), mapper);
    }

    private static Object read(CborItem item, JavaType type, ObjectMapper mapper) {
        try {
            return read(exact(item, type), type, mapper.readerFor(type));
        } catch (Misfit misfit) {
            throw misfit.local();
        }
    }

    /** {@return the tree to read a type from} */
    static JsonNode exact(CborItem item, JavaType type) throws Misfit {
        try {
            return CborTree.exact(item);
        } catch (Unreadable e) {
            throw misfit(Misfit.Kind.INVALID, cannotRead(type), e.pointer(), e);
        }
    }

    /** {@return an instance of the type} */
    static Object read(JsonNode tree, JavaType type, ObjectReader reader) throws Misfit {
        @Nullable Object value;
        TreeCodec<JsonNode> codec = reader; // the reader's own method has another signature in Jackson 3.0
        try (JsonParser parser = codec.treeAsTokens(tree)) {
            try {
                value = reader.readValue(parser);
            } catch (UnrecognizedPropertyException e) {
                throw misfit(Misfit.Kind.UNKNOWN_FIELD, cannotRead(type), pointer(e), e);
            } catch (InvalidTypeIdException e) {
                String place = pointer(e, parser);
                place += tree.at(place).isObject() ? missingTypeId(e) : "";
                boolean isThere = !tree.at(place).isMissingNode();
                throw misfit(isThere ? Misfit.Kind.INVALID : Misfit.Kind.MISSING_FIELD, cannotRead(type), place, e);
            } catch (RuntimeException e) {
                String pointer = e instanceof MismatchedInputException ? pointer(e, parser) : pointer(e);
                boolean isThere = !tree.at(pointer).isMissingNode();
                throw misfit(isThere ? Misfit.Kind.INVALID : Misfit.Kind.MISSING_FIELD, cannotRead(type), pointer, e);
            }
        }
        if (value == null) {
            throw new Misfit(Misfit.Kind.INVALID, cannotRead(type) + ": it is null", "", null);
        }
        Class<?> raw = type.getRawClass();
        if (!(raw.isPrimitive() ? ClassUtil.wrapperType(raw) : raw).isInstance(value)) {
            String result = "the result is a " + value.getClass().getName();
            throw new Misfit(Misfit.Kind.INVALID, cannotRead(type) + ": " + result, "", null);
        }
        return value;
    }

    private static String cannotRead(JavaType type) {
        return "the value cannot be read as " + type.toCanonical();
    }

    static JsonNode readTree(CborItem item) {
        try {
            return CborTree.json(item);
        } catch (Unreadable e) {
            throw misfit(Misfit.Kind.INVALID, "the value cannot be read as a tree", e.pointer(), e)
                    .local();
        }
    }

    /** Any exception of Jackson, or of the type's own code, is reported as a failure of the value. */
    private static Misfit misfit(Misfit.Kind kind, String what, String pointer, RuntimeException cause) {
        String where = pointer.isEmpty() ? "" : "at " + pointer + ": ";
        String why = cause instanceof JacksonException jackson ? jackson.getOriginalMessage() : cause.getMessage();
        return new Misfit(
                kind, what + ": " + where + (why == null ? cause.getClass().getSimpleName() : why), pointer, cause);
    }

    /** Jackson's path leaves out steps into arrays that are read as records; the parser is still there. */
    private static String pointer(RuntimeException cause, JsonParser parser) {
        String path = pointer(cause);
        String reached = parser.streamReadContext().pathAsPointer().toString();
        return reached.startsWith(path + "/") ? reached : path;
    }

    /** {@return the last step to the field that names one of several types; empty if it is there, but not valid} */
    private static String missingTypeId(InvalidTypeIdException cause) {
        JsonTypeInfo info = cause.getBaseType().getRawClass().getAnnotation(JsonTypeInfo.class);
        if (cause.getTypeId() != null || info == null || info.include() != JsonTypeInfo.As.PROPERTY) {
            return "";
        }
        StringBuilder step = new StringBuilder();
        Unreadable.append(step, info.property().isEmpty() ? info.use().getDefaultPropertyName() : info.property());
        return step.toString();
    }

    private static String pointer(RuntimeException cause) {
        if (cause instanceof Unreadable unreadable) {
            return unreadable.pointer();
        }
        StringBuilder pointer = new StringBuilder();
        if (cause instanceof JacksonException jackson) {
            for (JacksonException.Reference step : jackson.getPath()) {
                String name = step.getPropertyName();
                Unreadable.append(pointer, name == null ? Integer.toString(step.getIndex()) : name);
            }
        }
        return pointer.toString();
    }
}
