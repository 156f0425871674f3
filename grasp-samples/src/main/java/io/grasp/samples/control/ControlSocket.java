package io.grasp.samples.control;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A Unix domain socket that only its user can connect to. It is bound in a directory that no other user can enter, gets
 * its mode, and is moved to its path then: so others cannot connect at any time, and a socket that a dead process has
 * left is replaced at once. The path of a live process is not taken.
 */
final class ControlSocket implements AutoCloseable {
    private static final FileAttribute<?> OWNERS_DIRECTORY = permissions("rwx------");
    private static final FileAttribute<?> OWNERS_FILE = permissions("rw-------");
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final Set<OpenOption> LOCK_OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    /** Another process has the lock for the time of a bind. */
    private static final Duration LONGEST_LOCK = Duration.ofSeconds(5);

    private static final Duration LOCK_POLL = Duration.ofMillis(5);
    private static final int STICKY = 01000;
    private static final int KIND = 0170000;
    private static final int SOCKET = 0140000;
    /** What {@code sockaddr_un} holds on Linux, without the last zero byte. */
    private static final int LONGEST_PATH = 107;

    private final Path path;
    private final Object key;
    private final AutoCloseable server;
    private final Thread remover = new Thread(this::remove, "grasp-control-socket");

    private ControlSocket(Path path, Object key, AutoCloseable server) {
        this.path = path;
        this.key = key;
        this.server = server;
    }

    private static FileAttribute<?> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    /**
     * Opens a socket.
     *
     * @param path its path; its directory is created if it is missing, for the user only
     * @param bind opens a server at another path
     * @return the socket; its path is removed when it is closed, or when the process ends
     * @throws IOException if it cannot be opened, with a sentence for the user
     */
    static ControlSocket open(Path path, Function<UnixDomainSocketAddress, AutoCloseable> bind) throws IOException {
        return open(path, bind, LONGEST_LOCK);
    }

    /** The same with another bound for the start of other processes. */
    static ControlSocket open(Path path, Function<UnixDomainSocketAddress, AutoCloseable> bind, Duration longestWait)
            throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new IOException(absolute + " is a directory");
        }
        requireShort(absolute);
        try {
            prepare(directory);
            ControlSocket socket = openIn(directory, absolute, bind, longestWait);
            Runtime.getRuntime().addShutdownHook(socket.remover);
            return socket;
        } catch (AccessDeniedException e) {
            throw new IOException("permission denied to create " + absolute, e);
        } catch (UnsupportedOperationException e) {
            throw new IOException("this system has no file permissions, which protect the socket", e);
        }
    }

    /** Others must not be able to put another socket in the place of this one. */
    private static void prepare(Path directory) throws IOException {
        if (!Files.exists(directory, NOFOLLOW_LINKS)) {
            Path above = directory.getParent();
            if (above != null && !Files.isDirectory(above)) {
                throw new IOException("there is no directory " + above);
            }
            create(directory);
        }
        if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
            throw new IOException(directory + " is not a directory");
        }
        long owner = ControlPlaces.owner(directory);
        if (owner != ControlPlaces.user() && owner != 0) {
            throw new IOException(directory + " belongs to another user");
        }
        boolean writable = Files.getPosixFilePermissions(directory, NOFOLLOW_LINKS).stream()
                .anyMatch(WRITABLE_BY_OTHERS::contains);
        if (writable && (mode(directory) & STICKY) == 0) {
            throw new IOException("other users can change the files in " + directory + "; chmod go-w would prevent it");
        }
    }

    private static void create(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, OWNERS_DIRECTORY);
        } catch (FileAlreadyExistsException e) {
            // another command has just created it
        }
    }

    private static int mode(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:mode", NOFOLLOW_LINKS);
    }

    /** Processes that start at the same time do this one after the other. */
    private static ControlSocket openIn(
            Path directory, Path path, Function<UnixDomainSocketAddress, AutoCloseable> bind, Duration longestWait)
            throws IOException {
        Path lockFile = directory.resolve(path.getFileName() + ".lock");
        try (FileChannel locked = lock(lockFile, longestWait)) {
            try {
                requireFree(path);
                return moved(directory, path, bind);
            } finally {
                Files.deleteIfExists(lockFile);
            }
        }
    }

    /** {@return the lock file, which this process has locked until it closes the channel} */
    private static FileChannel lock(Path file, Duration longestWait) throws IOException {
        long begin = System.nanoTime();
        while (true) {
            FileChannel channel = FileChannel.open(file, LOCK_OPTIONS, OWNERS_FILE);
            boolean isLocked = false;
            try {
                long owner = ControlPlaces.owner(file);
                if (owner != ControlPlaces.user() && owner != 0) {
                    throw new IOException(file + " belongs to another user");
                }
                isLocked = tryLock(channel) && isAt(file, channel);
                if (isLocked) {
                    return channel;
                }
            } catch (NoSuchFileException removed) {
                // The process that had the lock removes its file.
            } finally {
                if (!isLocked) {
                    channel.close();
                }
            }
            if (System.nanoTime() - begin > longestWait.toNanos()) {
                throw new IOException("another process has " + file + " locked: it may hang");
            }
            LockSupport.parkNanos(LOCK_POLL.toNanos());
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        }
    }

    /** {@return whether the locked file still has its name} The process that had the lock before has removed it. */
    private static boolean isAt(Path file, FileChannel locked) throws IOException {
        byte[] mark = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        locked.write(ByteBuffer.wrap(mark), 0);
        return Arrays.equals(Files.readAllBytes(file), mark);
    }

    private static void requireFree(Path path) throws IOException {
        if (!Files.exists(path, NOFOLLOW_LINKS)) {
            return;
        }
        if ((mode(path) & KIND) != SOCKET) {
            throw new IOException(path + " exists and is not a socket");
        }
        if (isServed(path)) {
            throw new IOException("another process serves " + path);
        }
    }

    private static boolean isServed(Path path) {
        try {
            ControlPlaces.accepts(path);
            return true; // perhaps by a process that hangs
        } catch (ConnectException dead) {
            return false;
        } catch (IOException busy) {
            return Files.exists(path, NOFOLLOW_LINKS);
        }
    }

    private static ControlSocket moved(Path directory, Path path, Function<UnixDomainSocketAddress, AutoCloseable> bind)
            throws IOException {
        Path own = Files.createTempDirectory(directory, ".", OWNERS_DIRECTORY);
        Path bound = own.resolve("s");
        AutoCloseable server = null;
        try {
            requireShort(bound);
            server = bind.apply(UnixDomainSocketAddress.of(bound));
            Files.setPosixFilePermissions(bound, OWNER);
            Object key = key(bound);
            Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new ControlSocket(path, key, server);
        } catch (IOException | RuntimeException e) {
            if (server != null) {
                close(server);
            }
            throw e;
        } finally {
            Files.deleteIfExists(bound);
            Files.deleteIfExists(own);
        }
    }

    private static void requireShort(Path path) throws IOException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_PATH) {
            throw new IOException("the path has " + length + " bytes; the system allows " + LONGEST_PATH + ": " + path);
        }
    }

    private static Object key(Path path) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS)
                        .fileKey(),
                "the system does not number its files");
    }

    /** {@return its path} */
    Path path() {
        return path;
    }

    private void remove() {
        try {
            if (Files.exists(path, NOFOLLOW_LINKS) && key(path).equals(key)) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // It is gone, or cannot be removed: the next process replaces it.
        }
    }

    private static void close(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Removes the path and closes the server. */
    @Override
    public void close() {
        remove();
        close(server);
        try {
            Runtime.getRuntime().removeShutdownHook(remover);
        } catch (IllegalStateException ending) {
            // the process ends
        }
    }
}
