package io.grasp.samples.control;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the sockets of the control API are, so that a client finds them without options: for a service of systemd in
 * its runtime directory ({@code $RUNTIME_DIRECTORY}), otherwise in {@code grasp} in that of the user
 * ({@code $XDG_RUNTIME_DIR}), without one in {@code /run/grasp} for root, and in {@code /tmp/grasp-UID} for others.
 * That of a daemon is {@code control.sock}, that of another command has its name and process ID.
 */
public final class ControlPlaces {
    /** The name of a daemon's socket. */
    public static final String DAEMON = "control" + ControlPlaces.SUFFIX;

    /** The end of the names of all sockets. */
    public static final String SUFFIX = ".sock";

    /** The field of the effective user, after the key and the real one (proc(5)). */
    private static final int EFFECTIVE = 2;

    /** Of the mode of a file: its kind. */
    private static final int KIND = 0xF000;

    private static final int SOCKET = 0xC000;

    private static final Path OF_SYSTEM = Path.of("/run", "grasp");
    private static final String OF_SERVICE = "RUNTIME_DIRECTORY";
    private static final String RUNTIME = "XDG_RUNTIME_DIR";

    private ControlPlaces() {}

    /** {@return whether this system can keep other users away from a socket} */
    static boolean areProtected() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }

    /**
     * {@return the directory of the sockets, which need not exist}
     *
     * @param environment the environment of the process
     */
    public static Path directory(Map<String, String> environment) {
        String ofService = environment.getOrDefault(OF_SERVICE, "");
        if (ofService.startsWith("/") && isOwn(Path.of(ofService))) {
            return Path.of(ofService);
        }
        String runtime = environment.getOrDefault(RUNTIME, "");
        // Under sudo it may be that of another user.
        if (runtime.startsWith("/") && isOwn(Path.of(runtime))) {
            return Path.of(runtime, "grasp");
        }
        long user = user();
        return user == 0 ? OF_SYSTEM : Path.of(System.getProperty("java.io.tmpdir"), "grasp-" + user);
    }

    /**
     * {@return the socket of a command that is not a daemon}
     *
     * @param environment the environment of the process
     * @param command the name of the command
     * @param pid its process ID
     */
    public static Path of(Map<String, String> environment, String command, long pid) {
        return directory(environment).resolve(command + "-" + pid + SUFFIX);
    }

    /**
     * {@return the socket of the daemon}
     *
     * @param environment the environment of the process
     */
    public static Path daemon(Map<String, String> environment) {
        return directory(environment).resolve(DAEMON);
    }

    /**
     * {@return where a client looks for the socket of a daemon: first for that of its user, then for that of the
     * system, which is a service of systemd}
     *
     * @param environment the environment of the process
     */
    public static List<Path> daemons(Map<String, String> environment) {
        return directories(environment).stream()
                .map(directory -> directory.resolve(DAEMON))
                .toList();
    }

    /**
     * {@return the directories in which a client looks for sockets: that of its user, then that of the system}
     *
     * @param environment the environment of the process
     */
    public static List<Path> directories(Map<String, String> environment) {
        return Stream.of(directory(environment), OF_SYSTEM).distinct().toList();
    }

    /** {@return the sockets in a directory, none if there is no such directory or this user may not read it} */
    public static List<Path> sockets(@Nullable Path directory) {
        if (directory == null || !Files.isReadable(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean isOwn(Path directory) {
        try {
            return owner(directory) == user();
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** {@return the number of the user who has a file, which may be a symbolic link} */
    public static long owner(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
    }

    /** {@return whether a file is a Unix domain socket, or a symbolic link to one} */
    public static boolean isSocket(Path file) throws IOException {
        return ((int) Files.getAttribute(file, "unix:mode") & KIND) == SOCKET;
    }

    /**
     * {@return whether a process accepts a connection at once} A blocking connect would wait for one that hangs.
     *
     * @param socket the path of a Unix domain socket
     * @throws java.net.ConnectException if no process has the socket open
     * @throws IOException if the process accepts no more connections, or the path cannot be used
     */
    public static boolean accepts(Path socket) throws IOException {
        try (SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            connection.configureBlocking(false);
            return connection.connect(UnixDomainSocketAddress.of(socket));
        }
    }

    /**
     * {@return the number of the user of this process} {@link UnixSystem} returns 0 for a user without a name, as
     * in a container, so Linux is asked first.
     */
    public static long user() {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("Uid:"))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[EFFECTIVE]))
                    .findFirst()
                    .orElseThrow(IOException::new);
        } catch (IOException | UncheckedIOException e) {
            return new UnixSystem().getUid();
        }
    }
}
