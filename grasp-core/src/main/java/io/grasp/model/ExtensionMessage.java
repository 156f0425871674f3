package io.grasp.model;

import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message of a type that RFC 8990 leaves unassigned (section 5): 10 to 98, and 107 to 255.
 *
 * @param type its number
 * @param session its Session ID
 * @param initiator the initiator of the session; {@code null} in messages that do not name it
 * @param options the options, each any CBOR item; without an initiator, a first option that is a byte string of 4 or 16
 *     bytes is read as the initiator
 */
public record ExtensionMessage(
        int type, SessionId session, @Nullable InetAddress initiator, List<ObjectiveValue> options) {
    private static final int FIRST = 10;
    private static final int LAST = 255;
    /** M_INVALID, and the options, which share the numbers of messages: {@code io.grasp.wire.OptionType} has them. */
    private static final int FIRST_ASSIGNED = 99;

    private static final int LAST_ASSIGNED = 106;

    /** Checks and copies the components. */
    public ExtensionMessage {
        requireUnassigned(type);
        Objects.requireNonNull(session, "session");
        options = List.copyOf(options);
        if (!options.stream().allMatch(ObjectiveValue::isPresent)) {
            throw new IllegalArgumentException("an option of message " + type + " is not a CBOR item");
        }
    }

    /**
     * Refuses a number that RFC 8990 has assigned to a message or an option, or that is out of range (section 5).
     *
     * @param type a MESSAGE_TYPE, or an option's number
     * @return the number
     * @throws IllegalArgumentException if the number is refused
     */
    public static int requireUnassigned(int type) {
        if (type < FIRST || type > LAST || type >= FIRST_ASSIGNED && type <= LAST_ASSIGNED) {
            throw new IllegalArgumentException(
                    "number " + type + " is assigned or reserved in RFC 8990; 10..98 and 107..255 are unassigned");
        }
        return type;
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
