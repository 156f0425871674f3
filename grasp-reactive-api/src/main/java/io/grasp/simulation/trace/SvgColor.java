package io.grasp.simulation.trace;

import io.grasp.wire.MessageType;
import java.util.Locale;

/** The color of each type of message, on light and on dark. */
enum SvgColor {
    NOOP(MessageType.M_NOOP, "#6e7781", "#8b949e"),
    DISCOVERY(MessageType.M_DISCOVERY, "#1f6feb", "#6cb0ff"),
    RESPONSE(MessageType.M_RESPONSE, "#0a7f7a", "#4fd1c5"),
    REQUEST_NEGOTIATION(MessageType.M_REQ_NEG, "#7a3fd1", "#c297ff"),
    REQUEST_SYNCHRONIZATION(MessageType.M_REQ_SYN, "#4c51bf", "#a5b0ff"),
    NEGOTIATE(MessageType.M_NEGOTIATE, "#bf3989", "#ff8fcf"),
    END(MessageType.M_END, "#1a7f37", "#56d364"),
    WAIT(MessageType.M_WAIT, "#8a6100", "#e3b341"),
    SYNCH(MessageType.M_SYNCH, "#0369a1", "#4cc4fb"),
    FLOOD(MessageType.M_FLOOD, "#c2410c", "#ff9a5c"),
    INVALID(MessageType.M_INVALID, "#b3142a", "#ff7b72"),
    SIGNAL(MessageSummary.SIGNAL, "#8c959f", "#7d8590"),
    /** What is no message, or one of a type that has no name. */
    OTHER(Integer.MIN_VALUE, "#3d444d", "#c9d1d9");

    private final int type;
    private final String light;
    private final String dark;

    SvgColor(int type, String light, String dark) {
        this.type = type;
        this.light = light;
        this.dark = dark;
    }

    static SvgColor of(int type) {
        for (SvgColor color : values()) {
            if (color.type == type) {
                return color;
            }
        }
        return OTHER;
    }

    /** {@return the CSS class of what has this color} */
    String cssClass() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return what to call it in a legend} */
    String words() {
        return switch (this) {
            case SIGNAL -> "connection";
            case OTHER -> "other";
            default -> MessageType.name(type);
        };
    }

    String onLight() {
        return light;
    }

    String onDark() {
        return dark;
    }
}
