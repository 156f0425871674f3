package io.grasp.substrate.netty;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups that each interface has joined, as Linux lists them. A socket is not notified when its
 * membership ends: the kernel drops all groups of an interface that is deleted or moved, or whose MTU becomes too small
 * for IP, and does not join them again when the interface comes back.
 *
 * @param ipv6 groups and interfaces; {@code null} if they cannot be read
 * @param ipv4 groups and interfaces; {@code null} if they cannot be read
 */
record MulticastMemberships(
        @Nullable Set<String> ipv6, @Nullable Set<String> ipv4) {
    private static final Path IPV6 = Path.of("/proc/net/igmp6");
    private static final Path IPV4 = Path.of("/proc/net/igmp");

    static MulticastMemberships read() {
        List<String> ipv6 = lines(IPV6);
        List<String> ipv4 = lines(IPV4);
        return new MulticastMemberships(ipv6 == null ? null : parseIpv6(ipv6), ipv4 == null ? null : parseIpv4(ipv4));
    }

    private static @Nullable List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : null;
        } catch (IOException e) {
            return null; // for example without file descriptors
        }
    }

    /** Reads lines of: interface index, interface name, group in hexadecimal, and more. */
    static Set<String> parseIpv6(Iterable<String> lines) {
        Set<String> groups = new HashSet<>();
        for (String line : lines) {
            String[] fields = line.trim().split("\\s+", 4);
            if (fields.length > 2) {
                groups.add(key(fields[2], fields[0]));
            }
        }
        return groups;
    }

    /**
     * Reads a line for each interface, which begins with its index, and below it an indented line for each group. That
     * begins with the group: a hexadecimal number in this machine's byte order.
     */
    static Set<String> parseIpv4(Iterable<String> lines) {
        Set<String> groups = new HashSet<>();
        String index = "";
        for (String line : lines) {
            String first = line.trim().split("\\s+", 2)[0];
            if (first.isEmpty() || first.equals("Idx")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0))) {
                ByteBuffer group = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
                group.putInt(Integer.parseUnsignedInt(first, 16));
                groups.add(key(HexFormat.of().formatHex(group.array()), index));
            } else {
                index = first;
            }
        }
        return groups;
    }

    /** {@return whether an interface is known to have joined a group} */
    boolean isListed(InetAddress group, int index) {
        Set<String> groups = groups(group);
        return groups != null && groups.contains(key(group, index));
    }

    /** {@return whether an interface is known not to have joined a group} */
    boolean isLost(InetAddress group, int index) {
        Set<String> groups = groups(group);
        return groups != null && !groups.contains(key(group, index));
    }

    /** {@return whether a group is known to be joined on other interfaces and not on this one} */
    boolean isElsewhere(InetAddress group, int index) {
        Set<String> groups = groups(group);
        String prefix = HexFormat.of().formatHex(group.getAddress()) + ' ';
        return groups != null
                && !groups.contains(key(group, index))
                && groups.stream().anyMatch(each -> each.startsWith(prefix));
    }

    private @Nullable Set<String> groups(InetAddress group) {
        return group instanceof Inet4Address ? ipv4 : ipv6;
    }

    private static String key(InetAddress group, int index) {
        return key(HexFormat.of().formatHex(group.getAddress()), Integer.toString(index));
    }

    private static String key(String group, String index) {
        return group + ' ' + index;
    }
}
