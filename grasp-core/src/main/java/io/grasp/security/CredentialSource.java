package io.grasp.security;

import org.jspecify.annotations.Nullable;

/** Where the credentials of a node come from. Its methods block. */
interface CredentialSource {
    /**
     * {@return the credentials as they are now}
     *
     * @throws UnusableCredentialsException if they are not there or cannot be read
     */
    Credentials load() throws UnusableCredentialsException;

    /** {@return a hash of all files, so that a change is noticed; {@code null} if there are no files} */
    @Nullable
    String contentHash();

    /** Credentials are not there or cannot be read; the message says what to do. */
    final class UnusableCredentialsException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableCredentialsException(String sentence) {
            super(sentence);
        }
    }
}
