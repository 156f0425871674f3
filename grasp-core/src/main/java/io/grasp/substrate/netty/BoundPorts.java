package io.grasp.substrate.netty;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.StringTokenizer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ports of this host that are bound for both UDP and TCP, as Linux lists them. Peers can cause reads, so there are
 * at most ten each second, and fewer where many sockets are bound. (The time of a read is no measure of its cost: on a
 * host under load, the loop waits in it for its processor.) A read may fail, for example without file descriptors,
 * which peers can also cause: then the ports of the last read stay, and before the first one nothing is known.
 */
final class BoundPorts {
    private static final long LIFETIME = Duration.ofSeconds(1).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int MOST_READS = 10;

    /** Lines in a second, about 10 ms of work; the read that exceeds them is the last one. */
    private static final int MOST_LINES = 5000;

    private static final int PORTS = 1 << 16;
    private static final int STATE = 3;
    private static final int HEXADECIMAL = 16;
    private static final String LISTENING = "0A";

    private final Path directory;
    private final LongSupplier nanoTime;
    private @Nullable BitSet bound;
    private long secondBegan;
    private int reads;
    private int lines;
    private long readAt;

    /** @param directory where the system lists its sockets: {@code /proc/net} */
    BoundPorts(Path directory, LongSupplier nanoTime) {
        this.directory = directory;
        this.nanoTime = nanoTime;
    }

    /** {@return whether they have been read: otherwise any port may be one of a node} */
    boolean areKnown() {
        if (bound == null) {
            read(beginSecond());
        }
        return bound != null;
    }

    /** {@return whether the port is bound for both, or that is not known} */
    boolean mayBeNode(int port) {
        long now = beginSecond();
        boolean known = reads > 0 && now - readAt < LIFETIME && isBound(port);
        if (!known) { // The port may have been bound since the last read.
            read(now);
        }
        return isBound(port);
    }

    /** {@return the time, after beginning another second if the last one is over} */
    private long beginSecond() {
        long now = nanoTime.getAsLong();
        if (reads == 0 || now - secondBegan >= SECOND) {
            secondBegan = now;
            reads = 0;
            lines = 0;
        }
        return now;
    }

    private boolean isBound(int port) {
        return bound == null || bound.get(port);
    }

    /** Reads them if there may be another read in this second. */
    private void read(long now) {
        if (reads >= MOST_READS || lines >= MOST_LINES) {
            return;
        }
        reads++;
        try {
            BitSet both = ports("udp", false);
            both.and(ports("tcp", true));
            bound = both;
        } catch (IOException unreadable) {
            // What is known stays.
        }
        readAt = now;
    }

    /** @param listening whether only sockets that accept connections count */
    private BitSet ports(String protocol, boolean listening) throws IOException {
        BitSet ports = new BitSet(PORTS);
        add(ports, directory.resolve(protocol), listening);
        Path ipv6 = directory.resolve(protocol + "6");
        if (Files.exists(ipv6)) {
            add(ports, ipv6, listening);
        }
        return ports;
    }

    /** Linux lists sockets that listen before all others, and of those there may be very many. */
    private void add(BitSet ports, Path file, boolean listening) throws IOException {
        try (BufferedReader list = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            list.readLine(); // titles
            for (String line = list.readLine(); line != null; line = list.readLine()) {
                lines++;
                StringTokenizer columns = new StringTokenizer(line); // number, local address, remote address, state
                if (columns.countTokens() > STATE) {
                    columns.nextToken();
                    String local = columns.nextToken();
                    columns.nextToken();
                    if (listening && !columns.nextToken().equals(LISTENING)) {
                        return;
                    }
                    ports.set(Integer.parseInt(local, local.lastIndexOf(':') + 1, local.length(), HEXADECIMAL));
                }
            }
        }
    }
}
