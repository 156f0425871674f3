package io.grasp.samples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two network namespaces of Linux, each a host of its own, with a cable between them. Each end has a link-local address
 * and, if wanted, a ULA; nothing else is in them but {@code lo}. Closing removes them.
 */
final class Namespaces implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Path STATUS = Path.of("/proc/self/status");

    /** CAP_NET_ADMIN and CAP_SYS_ADMIN, of linux/capability.h. */
    private static final long CAPABILITIES = 1L << 12 | 1L << 21;

    final Host left;
    final Host right;
    private final Thread removal = new Thread(this::remove, "remove-namespaces");

    /**
     * One host.
     *
     * @param namespace its namespace
     * @param link the name of its end of the cable
     * @param linkLocal its link-local address
     * @param ula its ULA, if it has one
     */
    record Host(String namespace, String link, String linkLocal, String ula) {}

    private Namespaces(String name) {
        this.left = new Host(name + "-l", "left", "fe80:0:0:0:0:0:0:1", "fd12:0:0:1:0:0:0:1");
        this.right = new Host(name + "-r", "right", "fe80:0:0:0:0:0:0:2", "fd12:0:0:1:0:0:0:2");
    }

    /** Skips the test where namespaces cannot be made, and says why; where they can be, whatever goes wrong is a failure. */
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

    static Namespaces withUlas() {
        Namespaces made = withLinkLocalsOnly();
        try {
            for (Host host : List.of(made.left, made.right)) {
                ip("-n", host.namespace, "addr", "add", host.ula + "/64", "dev", host.link, "nodad");
            }
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
        return made;
    }

    static Namespaces withLinkLocalsOnly() {
        Namespaces made = new Namespaces("grasp-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
        Runtime.getRuntime().addShutdownHook(made.removal);
        try {
            made.build();
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
        return made;
    }

    private void build() {
        ip("netns", "add", left.namespace);
        ip("netns", "add", right.namespace);
        ip(
                "link",
                "add",
                left.link,
                "netns",
                left.namespace,
                "type",
                "veth",
                "peer",
                "name",
                right.link,
                "netns",
                right.namespace);
        for (Host host : List.of(left, right)) {
            // Its own link-local address, without duplicate address detection: valid at once.
            ip("-n", host.namespace, "link", "set", "dev", host.link, "addrgenmode", "none");
            ip("-n", host.namespace, "link", "set", "dev", "lo", "up");
            ip("-n", host.namespace, "link", "set", "dev", host.link, "up");
            ip("-n", host.namespace, "addr", "add", host.linkLocal + "/64", "dev", host.link, "nodad");
        }
        for (Host host : List.of(left, right)) {
            Processes.await(
                    () -> "the link of " + host,
                    () -> !ip("-n", host.namespace, "link", "show", "up", "dev", host.link)
                                    .contains("NO-CARRIER")
                            && ip("-n", host.namespace, "-6", "addr", "show", "tentative")
                                    .isEmpty());
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(removal);
        remove();
    }

    private void remove() {
        String existing = ip("netns", "list");
        for (Host host : List.of(left, right)) {
            if (existing.contains(host.namespace)) {
                ip("netns", "delete", host.namespace);
            }
        }
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
