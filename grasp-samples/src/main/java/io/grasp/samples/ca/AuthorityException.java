package io.grasp.samples.ca;

/** The test authority cannot do what the user has asked for. The message is one sentence for the user. */
public sealed class AuthorityException extends RuntimeException permits InvalidRequestException {
    private static final long serialVersionUID = 1L;

    AuthorityException(String message) {
        super(message);
    }

    AuthorityException(String message, Throwable cause) {
        super(message, cause);
    }
}
