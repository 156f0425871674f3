package io.grasp.samples.transfer;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of transfers. Immutable; start from {@link #DEFAULTS}.
 *
 * @param maxBytes the maximum length of a file, in bytes
 * @param bytesPerSecond the maximum rate of all transfers together, {@link #UNLIMITED} for none
 * @param atOnce the maximum number of transfers at one time; a server refuses further ones
 * @param longest the maximum time of one transfer
 * @param stall the maximum time for which the peer may be silent, or take no data
 */
public record TransferLimits(long maxBytes, long bytesPerSecond, int atOnce, Duration longest, Duration stall) {
    /** No limit of the rate. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** The slowest rate: a few chunks take less time than the peer may be silent. */
    public static final long LEAST_RATE = 16 << 10;

    /** 4 GiB at any rate, 8 transfers at one time, for an hour each, a minute without progress. */
    public static final TransferLimits DEFAULTS =
            new TransferLimits(4L << 30, UNLIMITED, 8, Duration.ofHours(1), Duration.ofMinutes(1));

    /** Checks the components. */
    public TransferLimits {
        Objects.requireNonNull(longest, "longest");
        Objects.requireNonNull(stall, "stall");
        if (maxBytes < 0 || atOnce < 1) {
            throw new IllegalArgumentException(
                    "maxBytes " + maxBytes + " is negative, or atOnce " + atOnce + " is below 1");
        }
        if (bytesPerSecond < LEAST_RATE) {
            throw new IllegalArgumentException("bytesPerSecond " + bytesPerSecond + " is below " + LEAST_RATE);
        }
        if (longest.isNegative() || longest.isZero() || stall.isNegative() || stall.isZero()) {
            throw new IllegalArgumentException("longest " + longest + " and stall " + stall + " are not above zero");
        }
    }

    /** {@return these limits with another {@link #maxBytes}} */
    public TransferLimits withMaxBytes(long value) {
        return new TransferLimits(value, bytesPerSecond, atOnce, longest, stall);
    }

    /** {@return these limits with another {@link #bytesPerSecond}} */
    public TransferLimits withBytesPerSecond(long value) {
        return new TransferLimits(maxBytes, value, atOnce, longest, stall);
    }

    /** {@return these limits with another {@link #atOnce}} */
    public TransferLimits withAtOnce(int value) {
        return new TransferLimits(maxBytes, bytesPerSecond, value, longest, stall);
    }

    /** {@return these limits with another {@link #longest}} */
    public TransferLimits withLongest(Duration value) {
        return new TransferLimits(maxBytes, bytesPerSecond, atOnce, value, stall);
    }

    /** {@return these limits with another {@link #stall}} */
    public TransferLimits withStall(Duration value) {
        return new TransferLimits(maxBytes, bytesPerSecond, atOnce, longest, value);
    }

    /** Refuses a file that is too long. */
    void require(long bytes) {
        if (bytes > maxBytes) {
            throw new TransferException(
                    TransferException.Reason.TOO_LARGE, "The file is longer than " + maxBytes + " bytes");
        }
    }
}
