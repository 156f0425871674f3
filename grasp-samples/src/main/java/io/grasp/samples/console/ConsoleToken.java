package io.grasp.samples.console;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The token that the console asks for. A browser that has shown it gets a cookie, which is derived from it: the cookie
 * is valid until the token changes, also after a restart, and does not give the token away.
 */
public final class ConsoleToken {
    /** The fewest characters of a token. */
    public static final int LEAST_CHARACTERS = 16;

    private static final String HMAC = "HmacSHA256";
    private static final byte[] OF_COOKIE = "cookie of the console".getBytes(StandardCharsets.US_ASCII);

    private final byte[] digest;
    private final String cookie;

    private ConsoleToken(byte[] digest, String cookie) {
        this.digest = digest;
        this.cookie = cookie;
    }

    /**
     * A token.
     *
     * @param text its characters, which are not kept
     * @return the token
     * @throws IllegalArgumentException if there are too few; the message says what to do
     */
    public static ConsoleToken of(char[] text) {
        if (text.length < LEAST_CHARACTERS) {
            throw new IllegalArgumentException("the token has fewer than " + LEAST_CHARACTERS
                    + " characters: write a new one into the file, as by openssl rand -hex 32");
        }
        byte[] bytes = new String(text).getBytes(StandardCharsets.UTF_8);
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, HMAC));
            return new ConsoleToken(digest(bytes), HexFormat.of().formatHex(mac.doFinal(OF_COOKIE)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }

    private static byte[] digest(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    /** {@return whether this is the token; takes the same time for each text of its length} */
    boolean isToken(String text) {
        try {
            return MessageDigest.isEqual(digest, digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** {@return whether this is the cookie; takes the same time for each text of its length} */
    boolean isCookie(String text) {
        return MessageDigest.isEqual(cookie.getBytes(StandardCharsets.US_ASCII), text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the value of the cookie} */
    String cookie() {
        return cookie;
    }

    /** {@return without the token} */
    @Override
    public String toString() {
        return "ConsoleToken[...]";
    }
}
