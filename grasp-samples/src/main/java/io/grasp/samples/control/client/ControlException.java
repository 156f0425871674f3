package io.grasp.samples.control.client;

/** The control API has refused a request, or cannot be reached. Its message is a sentence for the user. */
public final class ControlException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private static final String PREFIX = "urn:grasp:";

    private static final String UNSERVED = "unserved";
    private static final String SILENT = "silent";

    private final String type;

    ControlException(String message) {
        this(message, "");
    }

    /** @param type the type of the problem (RFC 9457), or empty */
    ControlException(String message, String type) {
        super(message);
        this.type = type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
    }

    /** The failure to reach a node because no process serves its socket, or there is none. */
    static ControlException unserved(String message) {
        return new ControlException(message, UNSERVED);
    }

    /** The failure of a node to answer, although a process serves its socket. */
    static ControlException silent(String message) {
        return new ControlException(message, SILENT);
    }

    /** {@return whether no process serves the socket} */
    boolean isUnserved() {
        return type.equals(UNSERVED);
    }

    /** {@return whether the process that serves the socket does not answer} */
    boolean isSilent() {
        return type.equals(SILENT);
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
