package io.grasp.substrate.netty;

import io.netty.channel.Channel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The file descriptors that this process can still open, as far as the system tells. The system is asked at most once a
 * second, or once a minute while there are plenty; in between, only the connections of this loop are counted. Used on
 * the loop.
 *
 * <p>Peers must not use up the descriptors that the node needs for them. So accepted connections leave a reserve for
 * replies and own requests, and replies, which forged sources can direct to where nothing answers, leave half of it for
 * own requests. A reserve is at most half of what there is.
 */
public final class Descriptors {
    /** What a system without such a bound has, or one that does not tell it. */
    static final long UNKNOWN = Long.MAX_VALUE / 4;

    /** More than the rest of a process uses up within a minute. Counting as many takes some milliseconds. */
    private static final long PLENTY = 1 << 14;

    /** More than the connections that are accepted, reset and not yet closed in one turn of the loop. */
    private static final long FEW = 128;

    private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long VALID_NANOS_OF_PLENTY = TimeUnit.MINUTES.toNanos(1);
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final File OPEN = new File("/proc/self/fd");

    private final LongSupplier nanoTime;
    private final LongSupplier system;
    private final long atFirst;
    private long measuredAt;
    private long measured;
    /** The connections of this loop that have been opened and not closed since the measurement. */
    private long opened;

    /**
     * @param nanoTime the loop's clock
     * @param system returns how many descriptors are free, {@link #UNKNOWN} if the system does not tell
     */
    Descriptors(LongSupplier nanoTime, LongSupplier system) {
        this.nanoTime = nanoTime;
        this.system = system;
        this.atFirst = system.getAsLong();
        this.measured = atFirst;
        this.measuredAt = nanoTime.getAsLong();
    }

    /** {@return the number of descriptors of this process that are free, on Linux} */
    static LongSupplier ofProcess() {
        long most = most();
        return most == UNKNOWN
                ? () -> UNKNOWN
                : () -> {
                    String[] open = OPEN.list(); // it takes one more descriptor, which it lists
                    return open == null ? 0 : most - open.length + 1;
                };
    }

    private static long most() {
        try {
            return Files.exists(LIMITS) && OPEN.isDirectory() ? parse(Files.readAllLines(LIMITS)) : UNKNOWN;
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /** Reads the line of the soft limit, the hard limit and the unit. */
    static long parse(Iterable<String> lines) {
        String name = "Max open files";
        for (String line : lines) {
            if (line.startsWith(name)) {
                String soft = line.substring(name.length()).trim().split("\\s+", 2)[0];
                return soft.equals("unlimited") ? UNKNOWN : Long.parseLong(soft);
            }
        }
        return UNKNOWN;
    }

    /**
     * Counts the socket of a connection of this loop until it is closed.
     *
     * @param connection a channel that is open
     */
    public void count(Channel connection) {
        opened();
        connection.closeFuture().addListener(gone -> closed());
    }

    /** A connection of this loop has a socket, or will have one soon. */
    void opened() {
        opened++;
    }

    /** The socket of such a connection is closed, or was never opened. */
    void closed() {
        opened--;
    }

    /**
     * {@return whether one more connection of a kind leaves a reserve}
     *
     * @param ofKind the number of connections of the kind
     * @param reserve the number of descriptors to leave; at most half of what is free and of what the kind has
     */
    public boolean leave(long reserve, int ofKind) {
        long free = free();
        return free > Math.min(reserve, (free + ofKind) / 2);
    }

    /** {@return whether so few are left that what one turn of the loop opens and closes matters} */
    boolean areFew() {
        return free() <= FEW;
    }

    /**
     * {@return how many connections may be opened so that they leave a reserve, when nothing is open yet}
     *
     * @param reserve the number of descriptors to leave, at most half of what there is
     */
    public long mostLeaving(long reserve) {
        return atFirst - Math.min(reserve, atFirst / 2);
    }

    private long free() {
        long now = nanoTime.getAsLong();
        if (now - measuredAt >= (measured > PLENTY ? VALID_NANOS_OF_PLENTY : VALID_NANOS)) {
            measured = system.getAsLong();
            measuredAt = now;
            opened = 0;
        }
        return measured - opened;
    }
}
