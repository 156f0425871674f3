package io.grasp.samples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Network namespaces of Linux, each a separate host, with cables between them. They contain only the interfaces created
 * by a test, and {@code lo}. Closing removes them.
 */
final class Namespaces implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Path STATUS = Path.of("/proc/self/status");

    /** CAP_NET_ADMIN and CAP_SYS_ADMIN, of linux/capability.h. */
    private static final long CAPABILITIES = 1L << 12 | 1L << 21;

    private final String prefix = "grasp-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
    private final List<String> added = new ArrayList<>();
    private final Thread removal = new Thread(this::remove, "remove-namespaces");

    private Namespaces() {
        Runtime.getRuntime().addShutdownHook(removal);
    }

    /** Skips the test with the reason if namespaces cannot be created; if they can, any later error is a failure. */
    static void assumePossible() {
        assumeTrue(Files.exists(STATUS), "network namespaces are skipped: this is not Linux");
        assumeTrue(isCapable(), "network namespaces are skipped: they take CAP_NET_ADMIN and CAP_SYS_ADMIN (root)");
        assumeTrue(hasIp(), "network namespaces are skipped: there is no ip command (iproute2)");
    }

    private static boolean isCapable() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).trim(), 16))
                    .anyMatch(effective -> (effective & CAPABILITIES) == CAPABILITIES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasIp() {
        try {
            return new ProcessBuilder("ip", "-V").start().onExit().join().exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Creates namespaces; if that fails, none remain. */
    static <T> T build(Plan<T> plan) {
        Namespaces made = new Namespaces();
        try {
            return plan.carryOut(made);
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    /** The hosts and cables to create. */
    @FunctionalInterface
    interface Plan<T> {
        /** Creates it, and records the namespaces, which are removed at the end. */
        T carryOut(Namespaces namespaces);
    }

    /** Creates a namespace, and returns its name. */
    String add(String suffix) {
        String name = prefix + suffix;
        ip("netns", "add", name);
        added.add(name);
        ip("-n", name, "link", "set", "dev", "lo", "up");
        return name;
    }

    /** Connects two hosts, which then have only their link-local addresses. */
    void cable(Host one, Host other) {
        ip(
                "link",
                "add",
                one.link(),
                "netns",
                one.namespace(),
                "type",
                "veth",
                "peer",
                "name",
                other.link(),
                "netns",
                other.namespace());
        bringUp(one, other);
    }

    /** Connects two hosts as {@link #cable} does, but over a wire that loses, delays, duplicates and reorders frames. */
    LossyWire lossyCable(Host one, Host other, long seed) {
        LossyWire wire = LossyWire.between(one, other, seed);
        bringUp(one, other);
        return wire;
    }

    /**
     * Configures retransmissions of hosts as suits such a link. TCP: not at intervals that double up to minutes, because the
     * streams are thin, and the round trip is short. A stream that is closed with unacknowledged data is retransmitted as often; otherwise Linux
     * abandons it when the interval has doubled up to its bound. Kernels before 6.15 have no such bound, and keep doubling on a closed stream.
     * Neighbor discovery: in one case of eight, all of the usual three queries, or their answers, are lost, and every
     * connection that waits for the address fails at once.
     */
    void expectLosses(Host... hosts) {
        for (Host host : hosts) {
            inside(
                    host,
                    "cd /proc/sys/net; echo 1 > ipv4/tcp_thin_linear_timeouts; echo 15 > ipv4/tcp_orphan_retries;"
                            + " [ ! -e ipv4/tcp_rto_max_ms ] || echo 2000 > ipv4/tcp_rto_max_ms;"
                            + " cd ipv6/neigh/" + host.link()
                            + "; echo 20 > mcast_solicit; echo 20 > ucast_solicit; echo 300 > retrans_time_ms");
        }
    }

    private static void bringUp(Host one, Host other) {
        List<Host> ends = List.of(one, other);
        for (Host end : ends) {
            // Its own link-local address, without duplicate address detection: valid at once.
            ip("-n", end.namespace(), "link", "set", "dev", end.link(), "addrgenmode", "none");
            ip("-n", end.namespace(), "link", "set", "dev", end.link(), "up");
            ip("-n", end.namespace(), "addr", "add", end.linkLocal() + "/64", "dev", end.link(), "nodad");
        }
        for (Host end : ends) {
            Processes.await(
                    () -> "the link of " + end,
                    () -> !ip("-n", end.namespace(), "link", "show", "up", "dev", end.link())
                                    .contains("NO-CARRIER")
                            && ip("-n", end.namespace(), "-6", "addr", "show", "tentative")
                                    .isEmpty());
        }
    }

    /** Connects two hosts that have only IPv4, with IPv4 addresses instead of ULAs. */
    void ipv4Cable(Host one, Host other) {
        ip(
                "link",
                "add",
                one.link(),
                "netns",
                one.namespace(),
                "type",
                "veth",
                "peer",
                "name",
                other.link(),
                "netns",
                other.namespace());
        for (Host end : List.of(one, other)) {
            inside(end, "echo 1 > /proc/sys/net/ipv6/conf/" + end.link() + "/disable_ipv6");
            ip("-n", end.namespace(), "addr", "add", end.ula() + "/24", "dev", end.link());
            ip("-n", end.namespace(), "link", "set", "dev", end.link(), "up");
        }
    }

    /** Sets the default route of a host to another host on its link, which forwards packets, by IPv4. */
    void addIpv4DefaultRoute(Host host, Host router) {
        ip("-n", host.namespace(), "route", "add", "default", "via", router.ula(), "dev", host.link());
        inside(router, "echo 1 > /proc/sys/net/ipv4/ip_forward");
    }

    private static void inside(Host host, String command) {
        ip("netns", "exec", host.namespace(), "sh", "-c", command);
    }

    /** Gives hosts their ULAs. */
    void addUlas(Host... hosts) {
        for (Host host : hosts) {
            ip("-n", host.namespace(), "addr", "add", host.ula() + "/64", "dev", host.link(), "nodad");
        }
    }

    /** Gives a host further link-local addresses, as if it were many neighbors. */
    void addAddresses(Host host, int count) {
        for (int i = 1; i <= count; i++) {
            ip("-n", host.namespace(), "addr", "add", "fe80::1:%x/64".formatted(i), "dev", host.link(), "nodad");
        }
    }

    /** Unplugs a host from its cable: the interfaces at both ends are then down. */
    void unplug(Host host) {
        ip("-n", host.namespace(), "link", "set", "dev", host.link(), "down");
    }

    /** Reverses {@link #unplug}: the interface is restored, with the addresses that it lost when it went down. */
    void plug(Host host) {
        ip("-n", host.namespace(), "link", "set", "dev", host.link(), "up");
        ip("-n", host.namespace(), "addr", "add", host.linkLocal() + "/64", "dev", host.link(), "nodad");
        ip("-n", host.namespace(), "addr", "add", host.ula() + "/64", "dev", host.link(), "nodad");
    }

    /** Renames the interface of an unplugged host, and plugs it in. */
    void rename(Host host, String name) {
        ip("-n", host.namespace(), "link", "set", "dev", host.link(), "name", name);
        plug(new Host(host.namespace(), name, host.linkLocal(), host.ula()));
    }

    /** Removes the link-local address of a host; the neighbor does not notice. */
    void removeLinkLocal(Host host) {
        ip("-n", host.namespace(), "addr", "delete", host.linkLocal() + "/64", "dev", host.link());
    }

    void addLinkLocal(Host host) {
        ip("-n", host.namespace(), "addr", "add", host.linkLocal() + "/64", "dev", host.link(), "nodad");
    }

    /** Gives a host more link-local addresses. */
    void addLinkLocals(Host host, int count) {
        inside(host, "for i in $(seq " + count + "); do ip addr add fe80::a:$i/64 dev " + host.link() + " nodad; done");
    }

    /** Replaces the ULA of a host. */
    void renumber(Host host, String ula) {
        ip("-n", host.namespace(), "addr", "add", ula + "/64", "dev", host.link(), "nodad");
        ip("-n", host.namespace(), "addr", "delete", host.ula() + "/64", "dev", host.link());
    }

    /** Gives a host the address that it has in an Autonomic Control Plane, which does not depend on its links. */
    void addAcpAddress(Host host, String address) {
        ip("-n", host.namespace(), "addr", "add", address + "/128", "dev", "lo");
    }

    /**
     * Adds the routes that the routing protocol of an Autonomic Control Plane would find, between a host and another one on its link, which
     * forwards packets.
     *
     * @param address the address of the host
     * @param others the addresses that it reaches by the router
     */
    void addRoutes(Host host, Host router, String address, List<String> others) {
        for (String each : others) {
            ip("-n", host.namespace(), "route", "add", each + "/128", "via", router.linkLocal(), "dev", host.link());
        }
        ip("-n", router.namespace(), "route", "add", address + "/128", "via", host.linkLocal(), "dev", router.link());
        inside(router, "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
    }

    /** {@return the multicast groups that a host has joined on a link, as Linux lists them} */
    String multicastGroups(Host host) {
        return ip("-n", host.namespace(), "-6", "maddr", "show", "dev", host.link());
    }

    /** Sets the default route of a host to another host on its link, which forwards packets. */
    void addDefaultRoute(Host host, Host router) {
        ip("-n", host.namespace(), "route", "add", "default", "via", router.ula(), "dev", host.link());
        inside(router, "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(removal);
        remove();
    }

    private void remove() {
        String existing = ip("netns", "list");
        for (String name : added) {
            if (existing.contains(name)) {
                ip("netns", "delete", name);
            }
        }
        added.clear();
    }

    private static String ip(String... arguments) {
        try {
            String[] command = new String[arguments.length + 1];
            command[0] = "ip";
            System.arraycopy(arguments, 0, command, 1, arguments.length);
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.onExit().join().exitValue();
            if (exit != 0) {
                throw new IllegalStateException(String.join(" ", command) + " exited with " + exit + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
