package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The network namespace in which tests on real sockets run: an interface {@code grasp0} with the addresses that a node
 * needs, its other end {@code grasp1}, and {@code lo} with a route for multicasts. Without it these tests are skipped,
 * or fail if the system property {@code grasp.network} says {@code required}.
 */
public final class TestNetwork {
    public static final String LINK = "grasp0";
    public static final String OTHER_END = "grasp1";
    public static final String LOOPBACK = "lo";

    /** The address of {@link #LINK} that is valid beyond the link. */
    public static final String ADDRESS = "fd6a:7261:7370::1";

    private TestNetwork() {}

    public static void require() {
        boolean there = isThere();
        if ("required".equals(System.getProperty("grasp.network"))) {
            assertThat(there).as("interface " + LINK).isTrue();
        }
        assumeTrue(there, "no interface " + LINK + ": not in the tests' network namespace");
    }

    private static boolean isThere() {
        return hasInterface(LINK);
    }

    /** Waits until the kernel has noticed that an interface that was set up has a carrier. */
    public static void awaitCarrier(String name) {
        Await.until("a carrier of " + name, () -> {
            try {
                return NetworkInterface.getByName(name).isUp();
            } catch (SocketException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** {@return the name of the interface that has an address} */
    public static String holder(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address).getName();
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static boolean hasInterface(String name) {
        try {
            return NetworkInterface.getByName(name) != null;
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static int index(String name) {
        try {
            return NetworkInterface.getByName(name).getIndex();
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code ip} with these arguments. */
    public static void ip(String arguments) {
        run("ip", arguments);
    }

    /** Runs {@code tc} with these arguments. */
    public static void tc(String arguments) {
        run("tc", arguments);
    }

    private static void run(String program, String arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments.split(" ", -1)));
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            assertThat(process.waitFor()).as(arguments).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Makes the kernel accept, or not, IPv4 packets from its own addresses, as between the two ends of one
     * cable.
     */
    public static void acceptLocal(boolean accept, String... interfaces) {
        for (String each : interfaces) {
            sysctl("/proc/sys/net/ipv4/conf/" + each + "/accept_local", accept ? "1" : "0");
            sysctl("/proc/sys/net/ipv4/conf/" + each + "/rp_filter", "0");
        }
    }

    public static void sysctl(String file, String value) {
        try {
            Files.writeString(Path.of(file), value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the sockets of this namespace that a process still holds, as Linux describes them} */
    public static List<String> openSockets() {
        return Stream.of("tcp", "tcp6", "udp", "udp6")
                .map(table -> Path.of("/proc/net", table))
                .filter(Files::exists)
                .flatMap(TestNetwork::open)
                .toList();
    }

    /** Gives an interface an IPv6 address, and waits until the kernel delivers packets to it, which takes a moment. */
    public static void addAddress(String address, String link) {
        ip("-6 address add " + address + "/64 dev " + link + " nodad");
        String route = HexFormat.of().formatHex(NetUtil.createByteArrayFromIpAddressString(address)) + " 80 ";
        Await.until("a route to " + address, () -> {
            try {
                return Files.readAllLines(Path.of("/proc/net/ipv6_route")).stream()
                        .anyMatch(line -> line.startsWith(route));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** {@return an IPv6 address and a port as those descriptions have them} */
    public static String hex(String address, int port) {
        ByteBuffer bytes = ByteBuffer.wrap(NetUtil.createByteArrayFromIpAddressString(address));
        StringBuilder text = new StringBuilder();
        while (bytes.hasRemaining()) {
            // In 32-bit words of this machine's byte order.
            int word = bytes.getInt();
            boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
            text.append(String.format("%08X", little ? Integer.reverseBytes(word) : word));
        }
        return text + String.format(":%04X", port);
    }

    private static Stream<String> open(Path table) {
        try {
            // The tenth column is the inode: 0 for those that only the kernel still knows, in TIME_WAIT for example.
            return Files.readAllLines(table).stream()
                    .skip(1)
                    .filter(line -> !line.trim().split(" +", -1)[9].equals("0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
