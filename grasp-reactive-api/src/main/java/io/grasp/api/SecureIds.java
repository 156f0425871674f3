package io.grasp.api;

import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Where Session IDs come from on a real network (RFC 8990 section 2.7): a DRBG, asked for many numbers at a time,
 * because each request costs it several hashes. What has been handed out is not kept. Not thread-safe.
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
     * A cryptographically strong source that needs the operating system only now: the platform's default one reads from
     * a device again and again, which must not happen on the loop.
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
