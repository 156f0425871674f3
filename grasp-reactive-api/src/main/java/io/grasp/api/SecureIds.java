package io.grasp.api;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Where Session IDs come from on a real network (RFC 8990 section 2.7). */
final class SecureIds {
    private SecureIds() {}

    /**
     * A cryptographically strong source that needs the operating system only now: the platform's default one reads from
     * a device again and again, which must not happen on the loop.
     */
    static SecureRandom create() {
        SecureRandom random;
        try {
            random = SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            random = new SecureRandom(); // every Java since 9 has a DRBG
        }
        random.nextInt(); // seeds it
        return random;
    }
}
