package io.grasp.samples.transfer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of what has passed so far. */
final class Sha256 {
    private final MessageDigest digest;

    Sha256() {
        this(newDigest());
    }

    private Sha256(MessageDigest digest) {
        this.digest = digest;
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void add(byte[] bytes, int length) {
        digest.update(bytes, 0, length);
    }

    void restart() {
        digest.reset();
    }

    /** {@return the hash so far; more may be added} */
    byte[] value() {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the SHA-256 of the Java platform can be copied", e);
        }
    }
}
