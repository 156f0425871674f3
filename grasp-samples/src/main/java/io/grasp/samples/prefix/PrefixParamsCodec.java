package io.grasp.samples.prefix;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborWriter;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.UnfitValueException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values of PrefixManager.Params in the form of the example in RFC 8992 section 6.1, which graspy floods too: an array
 * of roles, each an array of pairs. Pairs with other names than "role" and "prefix_length" are ignored, since later
 * versions may add some (RFC 9222 section 6).
 */
final class PrefixParamsCodec {
    private static final String ROLE = "role";
    private static final String PREFIX_LENGTH = "prefix_length";
    private static final int MAX_PAIRS = 64;

    private PrefixParamsCodec() {}

    static ObjectiveValue encode(PrefixParams params) {
        CborWriter writer = new CborWriter();
        writer.writeArrayHeader(params.lengths().size());
        params.lengths().forEach((role, length) -> {
            writer.writeArrayHeader(2);
            writer.writeArrayHeader(2);
            writer.writeText(ROLE);
            writer.writeText(role);
            writer.writeArrayHeader(2);
            writer.writeText(PREFIX_LENGTH);
            writer.writeUnsigned(length);
        });
        byte[] encoded = writer.toByteArray();
        return ObjectiveValue.ofItem(CborItem.wrap(encoded, 0, encoded.length));
    }

    static PrefixParams decode(ObjectiveValue value) {
        if (!value.isPresent()) {
            throw new UnfitValueException("", "there is no value");
        }
        Map<String, Integer> lengths = new LinkedHashMap<>();
        for (ValueReader entry : new ValueReader(value.content(), "").elements(PrefixParams.MAX_ROLES)) {
            Map<String, ValueReader> pairs = pairs(entry);
            String role = role(entry, pairs);
            int length = required(entry, pairs, PREFIX_LENGTH).integer(AddressFamily.IPV6.bits());
            if (lengths.put(role, length) != null) {
                throw entry.error("the role comes twice");
            }
        }
        return new PrefixParams(lengths);
    }

    private static String role(ValueReader entry, Map<String, ValueReader> pairs) {
        ValueReader name = required(entry, pairs, ROLE);
        String role = name.text();
        if (role.isEmpty() || role.length() > PrefixParams.MAX_ROLE_LENGTH) {
            throw name.error("the name of a role has 1 to " + PrefixParams.MAX_ROLE_LENGTH + " characters");
        }
        return role;
    }

    private static Map<String, ValueReader> pairs(ValueReader entry) {
        Map<String, ValueReader> pairs = new HashMap<>();
        for (ValueReader pair : entry.elements(MAX_PAIRS)) {
            List<ValueReader> nameAndValue = pair.elements(2);
            if (nameAndValue.size() != 2) {
                throw pair.error("a name and a value were expected");
            }
            if (pairs.put(nameAndValue.get(0).text(), nameAndValue.get(1)) != null) {
                throw pair.error("the name comes twice");
            }
        }
        return pairs;
    }

    private static ValueReader required(ValueReader entry, Map<String, ValueReader> pairs, String name) {
        ValueReader value = pairs.get(name);
        if (value == null) {
            throw entry.error("\"" + name + "\" is missing");
        }
        return value;
    }
}
