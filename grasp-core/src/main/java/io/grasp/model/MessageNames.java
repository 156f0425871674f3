package io.grasp.model;

import java.util.List;
import java.util.OptionalInt;

/** The names of the MESSAGE_TYPE numbers of RFC 8990 section 4. */
final class MessageNames {
    private static final List<String> FROM_ZERO = List.of(
            "M_NOOP",
            "M_DISCOVERY",
            "M_RESPONSE",
            "M_REQ_NEG",
            "M_REQ_SYN",
            "M_NEGOTIATE",
            "M_END",
            "M_WAIT",
            "M_SYNCH",
            "M_FLOOD");
    private static final String PREFIX = "M_";
    private static final String INVALID = "M_INVALID";
    private static final int INVALID_TYPE = 99;
    private static final int MOST_DIGITS = 9;

    private MessageNames() {}

    static String of(int type) {
        if (type >= 0 && type < FROM_ZERO.size()) {
            return FROM_ZERO.get(type);
        }
        return type == INVALID_TYPE ? INVALID : PREFIX + type;
    }

    static OptionalInt type(String name) {
        int known = name.equals(INVALID) ? INVALID_TYPE : FROM_ZERO.indexOf(name);
        if (known >= 0) {
            return OptionalInt.of(known);
        }
        return name.matches(PREFIX + "\\d{1," + MOST_DIGITS + "}")
                ? OptionalInt.of(Integer.parseInt(name.substring(PREFIX.length())))
                : OptionalInt.empty();
    }
}
