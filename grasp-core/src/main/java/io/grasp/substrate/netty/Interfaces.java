package io.grasp.substrate.netty;

import io.grasp.model.AddressInfo;
import io.grasp.model.AddressInfo.Use;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.InterfaceInfo.State;
import io.grasp.substrate.NodeAddress;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of this machine's interfaces, which takes about 0.1 ms: what Java reports, and from Linux what Java does
 * not report.
 */
final class Interfaces {
    private static final Path ALL = Path.of("/proc/net/dev");
    private static final Path SYSTEM = Path.of("/sys/class/net");

    /** From linux/if.h: the interface has been set up. */
    private static final int IFF_UP = 1;

    private final List<NetworkInterface> interfaces;
    /** They are looked up for each locator in a message. */
    private final Map<InetAddress, Set<Integer>> holders;

    private final AddressFlags flags;
    private final Set<LocalAddress> local = new HashSet<>();
    private final Map<LocalAddress, String> usable = new LinkedHashMap<>();

    private Interfaces(List<NetworkInterface> interfaces, AddressFlags flags) throws SocketException {
        this.interfaces = interfaces;
        this.holders = findHolders();
        this.flags = flags;
        findLocal();
    }

    static Interfaces read() throws IOException {
        return new Interfaces(all(), AddressFlags.read());
    }

    private static List<NetworkInterface> all() throws SocketException {
        try {
            return Collections.list(NetworkInterface.getNetworkInterfaces());
        } catch (SocketException e) {
            // Java throws this if no interface is up.
            if ("No network interfaces configured".equals(e.getMessage())) {
                return List.of();
            }
            throw e;
        }
    }

    /** {@return the names of all interfaces, including those without an address, which Java does not report} */
    SortedSet<String> names() throws IOException {
        SortedSet<String> names = new TreeSet<>();
        interfaces.forEach(each -> names.add(each.getName()));
        if (Files.exists(ALL)) {
            for (String line : Files.readAllLines(ALL)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    names.add(line.substring(0, colon).trim());
                }
            }
        }
        return names;
    }

    /** {@return the names of the interfaces that a node uses as links by default} */
    List<String> suitable(LinkIp ip) throws SocketException {
        List<String> suitable = new ArrayList<>();
        for (NetworkInterface each : interfaces) {
            if (each.isUp()
                    && each.supportsMulticast()
                    && !each.isLoopback()
                    && !linkAddresses(each, ip).isEmpty()) {
                suitable.add(each.getName());
            }
        }
        return suitable;
    }

    /**
     * {@return the interface of that name}
     *
     * @throws SocketException if it is not up
     */
    NetworkInterface up(String name) throws SocketException {
        for (NetworkInterface each : interfaces) {
            if (each.getName().equals(name) && each.isUp()) {
                return each;
            }
        }
        throw new SocketException(notUp(name).text);
    }

    /** Why an interface is not a link: for programs, and in words. */
    private record Problem(InterfaceInfo.State state, String text) {}

    private Problem notUp(String name) {
        String known = "interface " + name;
        if (interfaces.stream().anyMatch(each -> each.getName().equals(name))) {
            return new Problem(State.DOWN, known + " is down or has no carrier");
        }
        try {
            if (!names().contains(name)) {
                return new Problem(State.MISSING, "there is no interface " + name);
            }
            // Java does not report interfaces without an address; Linux does.
            String flags =
                    Files.readString(SYSTEM.resolve(name).resolve("flags")).trim();
            if ((Integer.decode(flags) & IFF_UP) == 0) {
                return new Problem(State.DOWN, known + " is down");
            }
            String carrier =
                    Files.readString(SYSTEM.resolve(name).resolve("carrier")).trim();
            return carrier.equals("0")
                    ? new Problem(State.DOWN, known + " has no carrier")
                    : new Problem(State.NO_ADDRESS, known + " has no address");
        } catch (IOException | NumberFormatException e) {
            return new Problem(State.DOWN, known + " is down or has no address");
        }
    }

    /**
     * {@return for each interface that is not a {@linkplain #suitable suitable link}, the reason}
     *
     * @throws IOException if the interfaces cannot be read
     */
    SortedMap<String, String> unsuitable(LinkIp ip) throws IOException {
        SortedMap<String, String> reasons = new TreeMap<>();
        for (String name : names()) {
            Problem problem = problem(name, ip, false);
            if (problem != null) {
                reasons.put(name, problem.text);
            }
        }
        return reasons;
    }

    /** @param chosen whether it was chosen by name, so that every interface may be a link */
    private @Nullable Problem problem(String name, LinkIp ip, boolean chosen) throws SocketException {
        NetworkInterface on = find(name);
        if (on == null || !on.isUp()) {
            return notUp(name);
        }
        String known = "interface " + name;
        if (!chosen && on.isLoopback()) {
            return new Problem(
                    State.LOOPBACK, known + " is the loopback interface, which is used only if it is chosen by name");
        }
        if (!chosen && !on.supportsMulticast()) {
            return new Problem(
                    State.NO_MULTICAST, known + " has no MULTICAST flag, and so is used only if it is chosen by name");
        }
        try {
            link(name, ip, null);
            return null;
        } catch (SocketException e) {
            State state = State.FAILED;
            if (linkAddresses(on, ip).isEmpty()) {
                state = isPending(name, ip) ? State.WAITING_FOR_ADDRESS : State.NO_ADDRESS;
            }
            return new Problem(state, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable NetworkInterface find(String name) {
        for (NetworkInterface each : interfaces) {
            if (each.getName().equals(name)) {
                return each;
            }
        }
        return null;
    }

    /**
     * {@return an interface as an operator sees it}
     *
     * @param link its identity as a link, {@code null} if it is none
     * @param chosen whether it was chosen by name
     * @param failure why it could not be opened as a link, {@code null} if that was not tried
     */
    InterfaceInfo describe(
            String name, LinkIp ip, @Nullable LinkIdentity link, boolean chosen, @Nullable String failure)
            throws SocketException {
        NetworkInterface on = find(name);
        int index = on == null ? 0 : on.getIndex();
        if (link != null) {
            String detail = "neighbors know this node by " + AddressText.of(link.linkLocalAddress());
            return new InterfaceInfo(name, index, State.UP, detail, addresses(on, link));
        }
        Problem problem = problem(name, ip, chosen);
        if (problem == null) {
            String detail = failure == null ? "interface " + name + " is not used yet" : failure;
            problem = new Problem(State.FAILED, detail);
        }
        return new InterfaceInfo(name, index, problem.state, problem.text, addresses(on, null));
    }

    /** {@return an interface that is not a link, because others were chosen} */
    InterfaceInfo describeNotChosen(String name) {
        NetworkInterface on = find(name);
        return new InterfaceInfo(
                name,
                on == null ? 0 : on.getIndex(),
                State.NOT_CHOSEN,
                "interface " + name + " is not one of the links that were chosen",
                addresses(on, null));
    }

    private List<AddressInfo> addresses(@Nullable NetworkInterface on, @Nullable LinkIdentity link) {
        List<AddressInfo> all = new ArrayList<>();
        if (on != null) {
            for (InterfaceAddress each : on.getInterfaceAddresses()) {
                InetAddress address = PeerAddresses.withoutScope(each.getAddress());
                all.add(new AddressInfo(address, each.getNetworkPrefixLength(), use(each.getAddress(), on, link)));
            }
        }
        return all;
    }

    private Use use(InetAddress address, NetworkInterface on, @Nullable LinkIdentity link) {
        int index = on.getIndex();
        if (!flags.isUsable(address, index)) {
            return flags.isPending(address, index) ? Use.CHECKED_FOR_DUPLICATES : Use.DUPLICATE;
        }
        if (link != null
                && PeerAddresses.withoutScope(link.linkLocalAddress()).equals(PeerAddresses.withoutScope(address))) {
            return Use.LINK;
        }
        if (link != null && address.isLinkLocalAddress()) {
            return Use.OTHER_LINK_LOCAL;
        }
        if (!isValidBeyondOneLink(address) || link == null && !isLoopback(on)) {
            return Use.NOT_A_LINK;
        }
        if (flags.isDeprecated(address, index)) {
            return Use.DEPRECATED;
        }
        return flags.isTemporary(address, index) ? Use.TEMPORARY : Use.SERVED;
    }

    private static boolean isLoopback(NetworkInterface on) {
        try {
            return on.isLoopback();
        } catch (SocketException goneByNow) {
            return false;
        }
    }

    /** {@return whether an interface may soon become a link, because its address is being checked for duplicates} */
    boolean isPending(String name, LinkIp ip) throws SocketException {
        for (NetworkInterface each : interfaces) {
            if (each.getName().equals(name) && ip != LinkIp.IPV4 && each.isUp()) {
                return linkAddresses(each, ip).isEmpty() && pending(each) != null;
            }
        }
        return false;
    }

    /** {@return whether any interface may soon become a {@linkplain #suitable suitable link}} */
    boolean isAnyPending(LinkIp ip) throws SocketException {
        for (NetworkInterface each : interfaces) {
            if (!each.isLoopback() && each.supportsMulticast() && isPending(each.getName(), ip)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable InetAddress pending(NetworkInterface on) throws SocketException {
        return ipv6(on).stream()
                .map(InterfaceAddress::getAddress)
                .filter(each -> flags.isPending(each, on.getIndex()))
                .findFirst()
                .orElse(null);
    }

    private String whyNoAddress(NetworkInterface on, LinkIp ip) throws SocketException {
        String known = "interface " + on.getName();
        InetAddress pending = ip == LinkIp.IPV4 ? null : pending(on);
        if (pending != null) {
            return known + " is not ready: its address " + AddressText.of(pending)
                    + " is still being checked for duplicates";
        }
        String none = known + " has no usable " + what(ip) + " address";
        return ip == LinkIp.IPV4 || ipv6(on).isEmpty()
                ? none
                : none + ": another node on the link has "
                        + AddressText.of(ipv6(on).get(0).getAddress())
                        + " (duplicate address detection failed)";
    }

    /**
     * {@return the identity of the link that an interface can be now}
     *
     * @param current its identity so far: of several addresses the link keeps the one it has
     * @throws SocketException if it cannot be a link
     */
    LinkIdentity link(String name, LinkIp ip, @Nullable LinkIdentity current) throws SocketException {
        NetworkInterface on = up(name);
        List<LinkIdentity> possible = linkAddresses(on, ip).stream()
                .map(each -> new LinkIdentity(name, on.getIndex(), each.getAddress(), each.getNetworkPrefixLength()))
                .toList();
        if (possible.isEmpty()) {
            throw new SocketException(whyNoAddress(on, ip));
        }
        if (current != null && possible.contains(current)) {
            return current; // its sockets keep their interface
        }
        if (possible.get(0).isIpv4()) {
            requireUnique(on);
        }
        return possible.get(0);
    }

    /**
     * Requires that no other interface has the first IPv4 address of this one. Java identifies an interface to IPv4
     * sockets by that address, so a node could receive and send on the other interface; Linux may choose it even if it
     * is down.
     */
    private void requireUnique(NetworkInterface on) throws SocketException {
        InetAddress first = on.inetAddresses()
                .filter(Inet4Address.class::isInstance)
                .findFirst()
                .orElseThrow();
        for (NetworkInterface each : interfaces) {
            if (each.getIndex() != on.getIndex() && each.inetAddresses().anyMatch(first::equals)) {
                throw new SocketException("interface " + on.getName() + " cannot be used with IPv4: interface "
                        + each.getName() + " has its address " + AddressText.of(first)
                        + " too, so multicasts could use either");
            }
        }
    }

    private static String what(LinkIp ip) {
        return switch (ip) {
            case IPV6 -> "link-local IPv6";
            case IPV6_ELSE_IPV4 -> "link-local IPv6 or IPv4";
            case IPV4 -> "IPv4";
        };
    }

    /**
     * The addresses by which neighbors may know this node: link-local IPv6 addresses, on the loopback interface
     * {@code ::1}; or any IPv4 address, because link-local ones are rare.
     */
    private List<InterfaceAddress> linkAddresses(NetworkInterface on, LinkIp ip) throws SocketException {
        if (ip == LinkIp.IPV4) {
            return ipv4(on);
        }
        List<InterfaceAddress> usable = ipv6(on).stream()
                .filter(each -> flags.isUsable(each.getAddress(), on.getIndex()))
                .toList();
        // Wait for an address that is still being checked, so that a new link does not change its IP version.
        return ip == LinkIp.IPV6_ELSE_IPV4 && usable.isEmpty() && pending(on) == null ? ipv4(on) : usable;
    }

    private static List<InterfaceAddress> ipv6(NetworkInterface on) throws SocketException {
        boolean loopback = on.isLoopback();
        return on.getInterfaceAddresses().stream()
                .filter(each -> each.getAddress() instanceof Inet6Address)
                .filter(each -> loopback
                        ? each.getAddress().isLoopbackAddress()
                        : each.getAddress().isLinkLocalAddress())
                .toList();
    }

    /** {@return its IPv4 addresses, link-local ones last, because they are only a fallback} */
    private static List<InterfaceAddress> ipv4(NetworkInterface on) {
        return on.getInterfaceAddresses().stream()
                .filter(each -> each.getAddress() instanceof Inet4Address)
                .sorted(Comparator.comparing(each -> each.getAddress().isLinkLocalAddress()))
                .toList();
    }

    /** {@return all addresses of interfaces that are up; connections may have them} */
    Set<LocalAddress> local() {
        return local;
    }

    /** {@return the {@linkplain #local local} addresses that are not tentative, with the names of their interfaces} */
    Map<LocalAddress, String> usable() {
        return usable;
    }

    private void findLocal() throws SocketException {
        for (NetworkInterface each : interfaces) {
            if (each.isUp()) {
                for (InetAddress address : Collections.list(each.getInetAddresses())) {
                    LocalAddress found = LocalAddress.of(address);
                    local.add(found);
                    if (flags.isUsable(address, each.getIndex())) {
                        usable.put(found, each.getName());
                    }
                }
            }
        }
    }

    /**
     * {@return the addresses valid beyond one link, of loopback interfaces and of some other interfaces}
     *
     * @param links the indexes of the other interfaces; may include loopback interfaces
     */
    List<NodeAddress> nodeAddresses(Set<Integer> links) throws SocketException {
        List<NodeAddress> found = new ArrayList<>();
        for (NetworkInterface each : interfaces) {
            boolean isLink = links.contains(each.getIndex());
            if ((isLink || each.isLoopback()) && each.isUp()) {
                addNodeAddresses(each, isLink ? each.getIndex() : 0, found);
            }
        }
        return List.copyOf(found);
    }

    /** {@return the addresses valid beyond one link of all interfaces that are up, as those of no link} */
    List<NodeAddress> allNodeAddresses() throws SocketException {
        List<NodeAddress> found = new ArrayList<>();
        for (NetworkInterface each : interfaces) {
            if (each.isUp()) {
                addNodeAddresses(each, 0, found);
            }
        }
        return List.copyOf(found);
    }

    private void addNodeAddresses(NetworkInterface on, int linkIndex, List<NodeAddress> found) {
        int index = on.getIndex();
        on.getInterfaceAddresses().stream()
                .filter(each -> isValidBeyondOneLink(each.getAddress()) && flags.isUsable(each.getAddress(), index))
                .map(each -> new NodeAddress(
                        PeerAddresses.withoutScope(each.getAddress()),
                        linkIndex,
                        each.getNetworkPrefixLength(),
                        flags.isDeprecated(each.getAddress(), index),
                        flags.isTemporary(each.getAddress(), index)))
                .forEach(found::add);
    }

    /** {@return the indexes of the interfaces that have an address, including those that are down} */
    Set<Integer> holders(InetAddress address) {
        return holders.getOrDefault(address, Set.of());
    }

    private Map<InetAddress, Set<Integer>> findHolders() {
        Map<InetAddress, Set<Integer>> found = new HashMap<>();
        for (NetworkInterface each : interfaces) {
            each.inetAddresses()
                    .forEach(address -> found.computeIfAbsent(address, absent -> new TreeSet<>())
                            .add(each.getIndex()));
        }
        return found;
    }

    /**
     * {@return whether an address is the broadcast address or the network address of an IPv4 network on some interface}
     */
    boolean isBroadcast(InetAddress address) {
        return address instanceof Inet4Address
                && interfaces.stream()
                        .flatMap(each -> each.getInterfaceAddresses().stream())
                        .anyMatch(own -> isBroadcast(own, address));
    }

    /** Networks of one or two hosts have neither (RFC 3021). */
    private static boolean isBroadcast(InterfaceAddress own, InetAddress address) {
        if (address.equals(own.getBroadcast())) {
            return true;
        }
        int hostBits = Integer.SIZE - own.getNetworkPrefixLength();
        if (!(own.getAddress() instanceof Inet4Address) || hostBits < 2 || address.equals(own.getAddress())) {
            return false;
        }
        int theirs = ByteBuffer.wrap(address.getAddress()).getInt();
        int ours = ByteBuffer.wrap(own.getAddress().getAddress()).getInt();
        int hosts = hostBits == Integer.SIZE ? -1 : (1 << hostBits) - 1;
        return (theirs & ~hosts) == (ours & ~hosts) && ((theirs & hosts) == 0 || (theirs & hosts) == hosts);
    }

    private static boolean isValidBeyondOneLink(InetAddress address) {
        return !(address.isLinkLocalAddress()
                || address.isLoopbackAddress()
                || address.isMulticastAddress()
                || address.isAnyLocalAddress());
    }
}
