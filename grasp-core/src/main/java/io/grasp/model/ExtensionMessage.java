package io.grasp.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message of a type that RFC 8990 leaves unassigned (section 5): 10 to 98, and 107 to 255.
 *
 * @param type its number
 * @param session its Session ID
 * @param initiator who began the session, {@code null} in messages that do not say so
 * @param options what follows, each any CBOR item; without an initiator, a first one of 4 or 16 bytes is read as the
 *     initiator
 */
public record ExtensionMessage(
        int type, SessionId session, @Nullable InetAddress initiator, List<ObjectiveValue> options) {
    private static final int FIRST = 10;
    private static final int LAST = 255;
    /** M_INVALID, and the options that share the numbers of messages. */
    private static final int FIRST_ASSIGNED = 99;

    private static final int LAST_ASSIGNED = 106;

    public ExtensionMessage {
        requireUnassigned(type);
        Objects.requireNonNull(session, "session");
        options = List.copyOf(options);
        if (!options.stream().allMatch(ObjectiveValue::isPresent)) {
            throw new IllegalArgumentException("an option of message " + type + " is no item");
        }
    }

    /**
     * Refuses a number that RFC 8990 has assigned, to a message or to an option, or that neither can have (section 5).
     *
     * @param type a MESSAGE_TYPE, or an option's number
     * @return the number
     * @throws IllegalArgumentException if it is one
     */
    public static int requireUnassigned(int type) {
        if (type < FIRST || type > LAST || type >= FIRST_ASSIGNED && type <= LAST_ASSIGNED) {
            throw new IllegalArgumentException(
                    "number " + type + " is not one that RFC 8990 leaves unassigned: 10..98 and 107..255");
        }
        return type;
    }
}
