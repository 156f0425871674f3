package io.grasp.samples.node;

import io.grasp.substrate.NodeAddress;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Determines which addresses are neighbors of this host, by the prefixes of its interfaces. For one thread. */
final class Neighborhood {
    /** Reading the interfaces takes longer than accepting a connection. */
    private static final Duration VALID = Duration.ofSeconds(1);

    private final Interfaces interfaces;
    private final LongSupplier nanoTime;
    private List<Prefix> prefixes = List.of();
    private long readAt;
    private boolean wasRead;

    Neighborhood() {
        this(Neighborhood::read, System::nanoTime);
    }

    Neighborhood(Interfaces interfaces, LongSupplier nanoTime) {
        this.interfaces = interfaces;
        this.nanoTime = nanoTime;
    }

    /** {@return the name of the interface on whose link an address is, {@code null} if it is beyond all links} */
    @Nullable
    String interfaceOf(InetAddress address) {
        refresh();
        Prefix longest = null;
        for (Prefix each : prefixes) {
            if (each.contains(address) && (longest == null || each.length > longest.length)) {
                longest = each;
            }
        }
        return longest == null ? null : longest.interfaceName;
    }

    private void refresh() {
        long now = nanoTime.getAsLong();
        if (wasRead && now - readAt < VALID.toNanos()) {
            return;
        }
        wasRead = true;
        readAt = now;
        try {
            prefixes = interfaces.prefixes();
        } catch (SocketException e) {
            prefixes = List.of(); // until the next attempt, only link-local addresses are known to be neighbors
        }
    }

    private static List<Prefix> read() throws SocketException {
        List<Prefix> prefixes = new ArrayList<>();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InterfaceAddress own : each.getInterfaceAddresses()) {
                prefixes.add(new Prefix(each.getName(), own.getAddress(), own.getNetworkPrefixLength()));
            }
        }
        return prefixes;
    }

    /** Reads the prefixes of all interfaces. */
    interface Interfaces {
        List<Prefix> prefixes() throws SocketException;
    }

    /**
     * The prefix of an interface.
     *
     * @param own an address that the interface has
     * @param length its length in bits; one that the JVM does not know is not positive
     */
    record Prefix(String interfaceName, InetAddress own, int length) {
        boolean contains(InetAddress address) {
            return length > 0
                    && length <= own.getAddress().length * Byte.SIZE
                    && NodeAddress.haveOnePrefix(own, address, length);
        }
    }
}
