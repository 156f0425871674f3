package io.grasp.model;

import java.net.InetAddress;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Describes a message to an observer (RFC 8990 section 2.8). {@link Object#toString} returns all of it. A message
 * is a value: it never changes, and it may be kept.
 */
public interface MessageInfo {
    /** {@return the MESSAGE_TYPE number of RFC 8990 section 4, or that of a later document} */
    int type();

    /** {@return the type's name in RFC 8990, such as {@code M_FLOOD}; {@code M_55} for a number without a name} */
    String typeName();

    /**
     * {@return the name of a type, as {@link #typeName()} returns it}
     *
     * @param type a MESSAGE_TYPE number
     */
    static String typeName(int type) {
        return MessageNames.of(type);
    }

    /**
     * {@return the MESSAGE_TYPE number with a name, empty if no type has it} A number may stand for the name: {@code
     * M_9} is {@code M_FLOOD}.
     *
     * @param name such as {@code M_FLOOD} or {@code M_55}
     */
    static OptionalInt typeOf(String name) {
        return MessageNames.type(name);
    }

    /** {@return the Session ID, or {@code null} if the message has none} */
    @Nullable
    SessionId session();

    /** {@return the address that names the session's initiator, or {@code null} if the message does not carry it} */
    @Nullable
    InetAddress initiator();

    /**
     * {@return the objective, or {@code null} if the message has none} Of a flood with several it is the first one that
     * can be read, whose loop count is the flood's.
     */
    @Nullable
    Objective objective();
}
