package io.grasp.model;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Jackson's reading and writing of objective values, with its exceptions turned into ours. */
final class JacksonCbor {
    private static final CBORMapper MAPPER = new CBORMapper();

    private JacksonCbor() {}

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw fail("cannot write " + value.getClass().getName() + " as CBOR", e);
        }
    }

    static <T> T read(byte[] cbor, Class<T> type) {
        try {
            return MAPPER.readValue(cbor, type);
        } catch (JacksonException e) {
            throw fail("the value is no " + type.getName(), e);
        }
    }

    static <T> T read(byte[] cbor, TypeReference<T> type) {
        try {
            return MAPPER.readValue(cbor, type);
        } catch (JacksonException e) {
            throw fail("the value is no " + type.getType().getTypeName(), e);
        }
    }

    static JsonNode readTree(byte[] cbor) {
        try {
            return MAPPER.readTree(cbor);
        } catch (JacksonException e) {
            throw fail("the value does not fit a tree", e);
        }
    }

    private static GraspException fail(String what, JacksonException cause) {
        return GraspException.local(GraspErrorCode.CBOR_FAIL, what + ": " + cause.getOriginalMessage())
                .causedBy(cause);
    }
}
