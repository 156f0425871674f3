package io.grasp.samples.control.client;

/** The control API has refused a request, or cannot be reached. Its message is a sentence for the user. */
public final class ControlException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private static final String PREFIX = "urn:grasp:";

    private final String type;

    ControlException(String message) {
        this(message, "");
    }

    /** @param type the type of the problem (RFC 9457), or empty */
    ControlException(String message, String type) {
        super(message);
        this.type = type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
    }

    /** {@return whether a parameter of the request was wrong} */
    boolean isWrongParameter() {
        return type.equals("invalid-parameter");
    }

    /** {@return whether the node that was asked may have another version of the API} */
    boolean isUnknownRequest() {
        return isWrongParameter() || type.equals("not-found") || type.equals("method-not-allowed");
    }
}
