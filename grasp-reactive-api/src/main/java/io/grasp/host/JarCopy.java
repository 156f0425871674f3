package io.grasp.host;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a jar in a temporary directory of its own, with a file that the process has locked as long as it uses the
 * copy. A process that is killed leaves its copies, without a lock; another one removes them when it starts. Blocks.
 */
final class JarCopy implements Closeable {
    private static final String PREFIX = "grasp-asa-";
    /** Distinguishes the copies of this process; process ids are not unique, as in containers. */
    private static final String PREFIX_OF_PROCESS = PREFIX + UUID.randomUUID() + "-";

    private static final String JAR = "asa.jar";
    private static final String LOCK = "lock";
    private static final int TRIES = 10;

    private final Path directory;
    private final FileChannel lock;

    private JarCopy(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** {@return a new copy} */
    static JarCopy of(byte[] content) throws IOException {
        JarCopy copy = create();
        try {
            Files.write(copy.file(), content, StandardOpenOption.CREATE_NEW);
            return copy;
        } catch (IOException e) {
            copy.close();
            throw e;
        }
    }

    private static JarCopy create() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            Path directory = Files.createTempDirectory(PREFIX_OF_PROCESS);
            Path file = directory.resolve(LOCK);
            FileChannel lock = lock(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
            if (lock != null) {
                return new JarCopy(directory, lock);
            } // another process has just found it without a lock, and removes it
        }
        throw new IOException("no temporary directory can be locked");
    }

    /** {@return the channel if its file could be locked; otherwise it is closed} */
    private static @Nullable FileChannel lock(FileChannel channel) throws IOException {
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            return locked ? channel : null;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    /**
     * Removes the copies of processes that have ended. What cannot be removed is left.
     *
     * @param temporary the directory for temporary files
     */
    static void removeUnused(Path temporary) {
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            Path own = Files.createTempFile(temporary, PREFIX, ".tmp");
            Object user = Files.getOwner(own);
            Files.delete(own);
            for (Path copy : copies) {
                // Not one of this process: to close a second channel of a file releases the lock of the first one.
                if (Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)
                        && Files.getOwner(copy, LinkOption.NOFOLLOW_LINKS).equals(user)
                        && !String.valueOf(copy.getFileName()).startsWith(PREFIX_OF_PROCESS)) {
                    removeIfUnused(copy);
                }
            }
        } catch (IOException | RuntimeException e) {
            // the next start tries it again
        }
    }

    private static void removeIfUnused(Path directory) {
        try {
            FileChannel lock = lock(FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE));
            if (lock != null) {
                new JarCopy(directory, lock).close();
            }
        } catch (IOException e) {
            // it is just being created or removed
        }
    }

    Path file() {
        return directory.resolve(JAR);
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            Files.deleteIfExists(file());
            Files.deleteIfExists(directory.resolve(LOCK));
            Files.deleteIfExists(directory);
        }
    }
}
