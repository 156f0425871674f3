package io.grasp.wire;

import io.grasp.model.MessageInfo;

/** The MESSAGE_TYPE numbers of RFC 8990 section 4. */
public final class MessageType {
    public static final int M_NOOP = 0;
    public static final int M_DISCOVERY = 1;
    public static final int M_RESPONSE = 2;
    public static final int M_REQ_NEG = 3;
    public static final int M_REQ_SYN = 4;
    public static final int M_NEGOTIATE = 5;
    public static final int M_END = 6;
    public static final int M_WAIT = 7;
    public static final int M_SYNCH = 8;
    public static final int M_FLOOD = 9;
    public static final int M_INVALID = 99;

    private MessageType() {}

    /**
     * Whether the RFC defines the type.
     *
     * @param type a MESSAGE_TYPE number
     * @return whether there is a record for it
     */
    public static boolean isKnown(int type) {
        return type >= M_NOOP && type <= M_FLOOD || type == M_INVALID;
    }

    /**
     * The type's name in the RFC.
     *
     * @param type a MESSAGE_TYPE number
     * @return such as {@code M_FLOOD}; {@code M_55} for a number without a name
     */
    public static String name(int type) {
        return MessageInfo.typeName(type);
    }
}
