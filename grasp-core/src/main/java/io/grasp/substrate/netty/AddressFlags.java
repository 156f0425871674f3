package io.grasp.substrate.netty;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of this node's IPv6 addresses as Linux reports it; for IPv4 addresses nothing is known. On other systems
 * this class tries to bind: an address that is being checked for duplicates, or is a duplicate, cannot be bound.
 *
 * @param flags the reported flags
 * @param tried whether addresses without reported flags can be bound, as far as this has been tried; {@code null} if it
 *     is never tried
 */
record AddressFlags(Map<String, Integer> flags, @Nullable Map<InetAddress, Boolean> tried) {
    private static final Path FILE = Path.of("/proc/net/if_inet6");

    // linux/if_addr.h
    private static final int TEMPORARY = 0x01;
    private static final int OPTIMISTIC = 0x04;
    private static final int DAD_FAILED = 0x08;
    private static final int DEPRECATED = 0x20;
    private static final int TENTATIVE = 0x40;

    static AddressFlags read() throws IOException {
        return Files.exists(FILE) ? parse(Files.readAllLines(FILE)) : trying();
    }

    /** For systems that report no flags. */
    static AddressFlags trying() {
        return new AddressFlags(Map.of(), new HashMap<>());
    }

    private static boolean canBind(InetAddress address) {
        try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET6)) {
            try {
                probe.bind(new InetSocketAddress(address, 0));
                return true;
            } catch (IOException e) {
                return false;
            }
        } catch (IOException e) {
            return true; // for example without file descriptors: nothing is known
        }
    }

    /** Reads lines of: address, interface index, prefix length, scope, flags (all in hexadecimal), interface name. */
    static AddressFlags parse(Iterable<String> lines) {
        Map<String, Integer> flags = new HashMap<>();
        for (String line : lines) {
            String[] fields = line.trim().split(" +", -1);
            flags.put(key(fields[0], Integer.parseInt(fields[1], 16)), Integer.parseInt(fields[4], 16));
        }
        return new AddressFlags(flags, null);
    }

    /** {@return whether the address can be used: a tentative one may turn out to belong to another node} */
    boolean isUsable(InetAddress address, int index) {
        int value = of(address, index);
        return (value & DAD_FAILED) == 0 && ((value & TENTATIVE) == 0 || (value & OPTIMISTIC) != 0);
    }

    /** {@return whether the address may soon become usable} */
    boolean isPending(InetAddress address, int index) {
        return !isUsable(address, index) && (of(address, index) & DAD_FAILED) == 0;
    }

    /**
     * {@return whether the address should not be used for anything new} An optimistic address, which is used while it
     * is still being checked, counts as one (RFC 4429 section 2.1).
     */
    boolean isDeprecated(InetAddress address, int index) {
        int value = of(address, index);
        return (value & DEPRECATED) != 0 || (value & TENTATIVE) != 0 && (value & OPTIMISTIC) != 0;
    }

    /** {@return whether another address will soon replace this one for privacy} */
    boolean isTemporary(InetAddress address, int index) {
        return (of(address, index) & TEMPORARY) != 0;
    }

    private int of(InetAddress address, int index) {
        if (tried != null) {
            return address instanceof Inet6Address && !tried.computeIfAbsent(address, AddressFlags::canBind)
                    ? TENTATIVE
                    : 0;
        }
        return flags.getOrDefault(key(HexFormat.of().formatHex(address.getAddress()), index), 0);
    }

    private static String key(String address, int index) {
        return address + ' ' + index;
    }
}
