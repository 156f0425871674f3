package io.grasp.samples.ca;

/** What the user has asked the test authority for cannot be right, whatever the authority has issued. */
public final class InvalidRequestException extends AuthorityException {
    private static final long serialVersionUID = 1L;

    InvalidRequestException(String message) {
        super(message);
    }

    InvalidRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
