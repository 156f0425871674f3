package io.grasp.security;

/** Fetched revocation data cannot be used. The message continues the sentence "... was not taken: ". */
final class RevocationDataException extends Exception {
    private static final long serialVersionUID = 1L;

    RevocationDataException(String sentence) {
        super(sentence);
    }
}
