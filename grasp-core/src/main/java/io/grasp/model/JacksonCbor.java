package io.grasp.model;

import io.grasp.cbor.CborItem;
import io.grasp.model.CborTree.Unreadable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.util.ClassUtil;
import tools.jackson.dataformat.cbor.CBORMapper;

/** What Jackson does for objective values, with its exceptions turned into ours. */
final class JacksonCbor {
    /** See {@link ObjectiveValue#mapper}. */
    static final CBORMapper STRICT = strict();

    private JacksonCbor() {}

    private static CBORMapper strict() {
        return CBORMapper.builder()
                .addModule(new ExactScalars())
                .annotationIntrospector(new NullableComponents())
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
                // ExactScalars checks whether it is exact
                .withCoercionConfig(
                        LogicalType.Float,
                        config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert))
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build();
    }

    static CborItem write(Object value, CBORMapper mapper) {
        try {
            byte[] encoded = mapper.writeValueAsBytes(value);
            CborItem item = CborItem.wrap(encoded, 0, encoded.length).preferred();
            CborTree.requireBoundedExponents(item);
            return item;
        } catch (RuntimeException e) {
            throw fail("cannot write " + value.getClass().getName() + " as CBOR", e);
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
        String not = "the value is no " + type.toCanonical();
        @Nullable Object value;
        try {
            value = mapper.readerFor(type).readValue(CborTree.exact(item));
        } catch (RuntimeException e) {
            throw fail(not, e);
        }
        if (value == null) {
            throw GraspException.local(GraspErrorCode.CBOR_FAIL, not + ": it is null");
        }
        Class<?> raw = type.getRawClass();
        if (!(raw.isPrimitive() ? ClassUtil.wrapperType(raw) : raw).isInstance(value)) {
            throw GraspException.local(
                    GraspErrorCode.CBOR_FAIL, not + ": " + value.getClass().getName() + " is read");
        }
        return value;
    }

    static JsonNode readTree(CborItem item) {
        try {
            return CborTree.json(item);
        } catch (Unreadable e) {
            throw fail("the value does not fit a tree", e);
        }
    }

    /** Whatever comes out of Jackson, or of the type's own code, is the value's fault as far as the caller can tell. */
    private static GraspException fail(String what, RuntimeException cause) {
        String pointer = pointer(cause);
        String where = pointer.isEmpty() ? "" : "at " + pointer + ": ";
        String why = cause instanceof JacksonException jackson ? jackson.getOriginalMessage() : cause.getMessage();
        return GraspException.local(
                        GraspErrorCode.CBOR_FAIL,
                        what + ": " + where + (why == null ? cause.getClass().getSimpleName() : why))
                .causedBy(cause);
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
