package io.grasp.samples.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Linux says about sockets and multicast groups in {@code /proc}; nothing on other systems. */
final class ProcFiles {
    private static final String IPV6_GROUP = "ff020000000000000000000000000013";
    private static final String IPV4_GROUP = "e0000077";
    private static final String LISTENING = "0A";
    private static final int PORT_BASE = 16;
    private static final int ADDRESS_FIELD = 1;
    private static final int STATE_FIELD = 3;
    private static final int INODE_FIELD = 9;

    private final Path proc;

    /** @param proc the directory, {@code /proc} except in tests */
    ProcFiles(Path proc) {
        this.proc = proc;
    }

    /**
     * A socket that receives at a port.
     *
     * @param udp whether it is one of UDP, and otherwise one of TCP that accepts connections
     * @param port its port
     * @param inode the number of its file
     */
    record Socket(boolean udp, int port, long inode) {
        String protocol() {
            return udp ? "UDP" : "TCP";
        }
    }

    /** A process. */
    record Owner(long pid, String name) {}

    /** {@return the sockets at a port that prevent another one there} */
    List<Socket> socketsAt(int port) {
        List<Socket> found = new ArrayList<>();
        for (String file : List.of("tcp", "tcp6", "udp", "udp6")) {
            lines("net/" + file).stream()
                    .map(line -> socket(file.startsWith("udp"), line))
                    .filter(socket -> socket != null && socket.port == port)
                    .forEach(found::add);
        }
        return found;
    }

    private static @Nullable Socket socket(boolean udp, String line) {
        String[] fields = line.trim().split("\\s+", -1);
        if (fields.length <= INODE_FIELD || !udp && !fields[STATE_FIELD].equals(LISTENING)) {
            return null;
        }
        String address = fields[ADDRESS_FIELD];
        try {
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), PORT_BASE);
            return new Socket(udp, port, Long.parseLong(fields[INODE_FIELD]));
        } catch (NumberFormatException e) {
            return null; // the line above the table
        }
    }

    /** {@return the process that has a socket; empty if it may not be seen} */
    Optional<Owner> owner(Socket socket) {
        String target = "socket:[" + socket.inode + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, target)) {
                    String name = Files.readString(process.resolve("comm")).strip();
                    return Optional.of(
                            new Owner(Long.parseLong(process.getFileName().toString()), name));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // not known
        }
        return Optional.empty();
    }

    private static boolean hasOpen(Path process, String target) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && Files.readSymbolicLink(file).toString().equals(target)) {
                    return true;
                }
            }
        } catch (IOException | SecurityException e) {
            // of another user, or it has ended
        }
        return false;
    }

    /** {@return whether an interface has joined GRASP's group; empty if that is not known} */
    Optional<Boolean> hasJoined(String link, boolean ipv6) {
        List<String> lines = lines(ipv6 ? "net/igmp6" : "net/igmp");
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(ipv6 ? hasJoinedIpv6(lines, link) : hasJoinedIpv4(lines, link));
    }

    private static boolean hasJoinedIpv6(List<String> lines, String link) {
        return lines.stream()
                .map(line -> line.trim().split("\\s+", -1))
                .anyMatch(fields -> fields.length > 2 && fields[1].equals(link) && fields[2].equals(IPV6_GROUP));
    }

    /** A line for each interface, below it an indented one for each group: a number in this machine's byte order. */
    private static boolean hasJoinedIpv4(List<String> lines, String link) {
        boolean here = false;
        for (String line : lines) {
            String[] fields = line.trim().split("[\\s:]+", -1);
            if (!line.isEmpty() && !Character.isWhitespace(line.charAt(0))) {
                here = fields.length > 1 && fields[1].equals(link);
            } else if (here && isIpv4Group(fields[0])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIpv4Group(String number) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
            bytes.putInt(Integer.parseUnsignedInt(number, PORT_BASE));
            return HexFormat.of().formatHex(bytes.array()).equals(IPV4_GROUP);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** {@return whether rules of the older packet filter, which {@code nft} does not show, may be loaded} */
    boolean hasLegacyFirewall() {
        return lines("net/ip6_tables_names").contains("filter")
                || lines("net/ip_tables_names").contains("filter");
    }

    private List<String> lines(String file) {
        try {
            Path path = proc.resolve(file);
            return Files.isReadable(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
