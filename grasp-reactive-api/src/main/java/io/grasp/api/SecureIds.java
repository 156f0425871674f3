package io.grasp.api;

import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * The source of Session IDs on a real network (RFC 8990 section 2.7): a DRBG. Many numbers are requested at a time,
 * because each request costs several hashes. Used numbers are not kept. Not thread-safe.
 */
final class SecureIds implements RandomGenerator {
    private static final int NUMBERS = 64;

    private final SecureRandom source;
    private final ByteBuffer stock = ByteBuffer.allocate(NUMBERS * Long.BYTES);

    private SecureIds(SecureRandom source) {
        this.source = source;
        refill(); // which seeds the source
    }

    /**
     * Creates a cryptographically strong source that uses the operating system only now: the platform's default source
     * reads from a device repeatedly, which must not happen on the loop.
     */
    static RandomGenerator create() {
        try {
            return new SecureIds(SecureRandom.getInstance("DRBG"));
        } catch (NoSuchAlgorithmException e) {
            return new SecureIds(new SecureRandom()); // every Java since 9 has a DRBG
        }
    }

    @Override
    public long nextLong() {
        if (!stock.hasRemaining()) {
            refill();
        }
        int at = stock.position();
        long number = stock.getLong();
        stock.putLong(at, 0);
        return number;
    }

    private void refill() {
        source.nextBytes(stock.array());
        stock.rewind();
    }
}
