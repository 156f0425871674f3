package io.grasp.samples.prefix;

import io.grasp.util.PrintableText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The value of PrefixManager.Params (RFC 8992 section 6): the length of the IPv6 prefix that a node requests, by the
 * role of the node. It is immutable; the order of the roles is kept on the wire.
 *
 * @param lengths the length for each role, 0 to 128; copied
 */
public record PrefixParams(Map<String, Integer> lengths) {
    /** The greatest number of roles. */
    public static final int MAX_ROLES = 64;

    /** The greatest number of characters in the name of a role. */
    public static final int MAX_ROLE_LENGTH = 64;

    /** The roles and lengths of the example in RFC 8992 section 6.1: the built-in defaults of a device. */
    public static final PrefixParams DEFAULTS = new PrefixParams(Map.of())
            .withLength("RSG", 34)
            .withLength("ASG", 44)
            .withLength("CSG", 56);

    /**
     * Checks and copies the map.
     *
     * @throws IllegalArgumentException if there are too many roles, or a name or a length is out of range
     */
    public PrefixParams {
        lengths = Collections.unmodifiableMap(new LinkedHashMap<>(lengths));
        if (lengths.size() > MAX_ROLES) {
            throw new IllegalArgumentException("more than " + MAX_ROLES + " roles");
        }
        lengths.forEach((role, length) -> {
            if (role.isEmpty() || role.length() > MAX_ROLE_LENGTH) {
                throw new IllegalArgumentException("the name of a role has 1 to " + MAX_ROLE_LENGTH + " characters");
            }
            AddressFamily.IPV6.requireLength(length);
        });
    }

    /**
     * The length for a role.
     *
     * @param role the name of the role
     * @return the length, or empty if the role is not listed
     */
    public OptionalInt lengthFor(String role) {
        Integer length = lengths.get(role);
        return length == null ? OptionalInt.empty() : OptionalInt.of(length);
    }

    /**
     * These parameters with another length for a role.
     *
     * @param role the name of the role
     * @param length the length of its prefixes
     * @return the changed parameters
     * @throws IllegalArgumentException see the constructor
     */
    public PrefixParams withLength(String role, int length) {
        Map<String, Integer> changed = new LinkedHashMap<>(lengths);
        changed.put(role, length);
        return new PrefixParams(changed);
    }

    /**
     * These parameters, and those of others where they differ: flooded ones over the defaults, the operator's over
     * both.
     *
     * @param stronger the parameters that take precedence
     * @return all of these roles, and all of the stronger ones
     * @throws IllegalArgumentException if there are too many roles
     */
    public PrefixParams overriddenBy(PrefixParams stronger) {
        Map<String, Integer> merged = new LinkedHashMap<>(lengths);
        merged.putAll(stronger.lengths);
        return new PrefixParams(merged);
    }

    /** {@return the roles and their lengths, in one printable line} */
    @Override
    public String toString() {
        return PrintableText.of(lengths.toString());
    }
}
