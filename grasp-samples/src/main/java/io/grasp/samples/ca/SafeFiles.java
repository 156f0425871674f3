package io.grasp.samples.ca;

import io.grasp.util.FileErrorText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that a reader sees complete, as they were or as they are now, and that only their owner may read if secret. */
final class SafeFiles {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> ALL = PosixFilePermissions.fromString("rw-r--r--");
    private static final Set<PosixFilePermission> OWNERS_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private SafeFiles() {}

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AuthorityException("cannot read " + file + ": " + FileErrorText.reason(e), e);
        }
    }

    /** Replaces a file, or creates it, for all to read. */
    static void write(Path file, byte[] content) {
        write(file, content, ALL);
    }

    /** Replaces a file, or creates it, for its owner only. */
    static void writeSecret(Path file, byte[] content) {
        write(file, content, OWNER);
    }

    private static void write(Path file, byte[] content, Set<PosixFilePermission> permissions) {
        Path directory = directoryOf(file);
        Path temporary = null;
        try {
            temporary = Files.createTempFile(directory, ".", ".new"); // for its owner only
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            if (isPosix(directory)) {
                Files.setPosixFilePermissions(temporary, permissions);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            deleteQuietly(temporary);
            throw new AuthorityException("cannot write " + file + ": " + FileErrorText.reason(e), e);
        }
    }

    /** Creates a directory for its owner only, and those above it. */
    static void createDirectory(Path directory) {
        try {
            Path above = directoryOf(directory);
            Files.createDirectories(above);
            FileAttribute<?>[] attributes = isPosix(above)
                    ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNERS_DIRECTORY)}
                    : new FileAttribute<?>[0];
            Files.createDirectory(directory, attributes);
        } catch (IOException e) {
            throw new AuthorityException("cannot create " + directory + ": " + FileErrorText.reason(e), e);
        }
    }

    /** Renames a directory to a name that does not exist. */
    static void rename(Path directory, Path name) {
        try {
            Files.move(directory, name, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AuthorityException("cannot create " + name + ": " + FileErrorText.reason(e), e);
        }
    }

    private static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new AuthorityException(file + " is not the path of a file");
        }
        return parent;
    }

    private static boolean isPosix(Path directory) {
        try {
            return Files.getFileStore(directory).supportsFileAttributeView("posix");
        } catch (IOException e) { // in a chroot whose root is no mount point, Java does not find the file system
            return Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null;
        }
    }

    private static void deleteQuietly(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // the error that is reported came first
        }
    }
}
