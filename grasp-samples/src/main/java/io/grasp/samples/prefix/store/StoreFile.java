package io.grasp.samples.prefix.store;

import io.grasp.samples.prefix.store.StoreException.Reason;
import io.grasp.util.FileErrorText;
import io.grasp.util.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The file of a database, and its journal. It creates a file that has all of its first content as soon as it has its
 * name, so an empty file has lost its content; and it notices that a file in use has another name or none, so that
 * nothing that is written to it would be found again. Used by one thread at a time.
 *
 * <p>It never opens the file, because closing it would release the locks of this process.
 */
final class StoreFile {
    private static final long SMALLEST_DATABASE = 512;

    private final Path path;
    private @Nullable InUse inUse;

    StoreFile(Path path) {
        this.path = path;
    }

    /**
     * A file that has been opened.
     *
     * @param place where it is, if the path is a symbolic link
     * @param file identifies it
     * @param size its length
     * @param journal identifies the journal; {@code null} unless it has been written
     */
    private record InUse(
            Path place,
            @Nullable Object file,
            long size,
            @Nullable Object journal) {}

    /** The content of a new file. */
    interface FirstContent<E extends Exception> {
        byte[] get() throws E;
    }

    /**
     * {@return the path of the file to open} It is created if there has never been one.
     *
     * @throws StoreException if the file has lost its content, or is not the one that was opened before
     */
    <E extends Exception> Path prepare(FirstContent<E> content) throws E {
        try {
            InUse before = inUse;
            if (before != null) {
                requireSame(before, "open");
                requireSameJournal(before, "open", true);
            } else if (!exists(path) && !exists(journal(path))) {
                create(content.get());
            }
            requireContent();
            return path.toRealPath();
        } catch (IOException e) {
            throw failure("open", FileErrorText.reason(e), e);
        }
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path journal(Path file) {
        return file.resolveSibling(file.getFileName() + "-journal");
    }

    /** Gives the file its name when its content is on the disk. */
    private void create(byte[] content) throws IOException {
        Path directory = Objects.requireNonNull(path.getParent(), "an absolute path of a file");
        createDirectories(directory);
        Path written = directory.resolve("." + UUID.randomUUID() + ".new");
        try {
            try (FileChannel channel =
                    FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            name(written);
            if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private void createDirectories(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw failure("create the directory of", FileErrorText.reason(e), e);
        }
    }

    /** Replaces no file: another process may have created it meanwhile. */
    private void name(Path written) throws IOException {
        try {
            try {
                Files.createLink(path, written);
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (UnsupportedOperationException | FileSystemException e) {
                Files.move(written, path); // the file system has no links
            }
        } catch (FileAlreadyExistsException e) {
            // that one is opened
        }
    }

    private void requireContent() throws IOException {
        if (!Files.exists(path)) {
            throw lost(
                    exists(path)
                            ? "it is a link to a file that does not exist"
                            : "it is missing, but its journal is not");
        }
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isRegularFile() && attributes.size() == 0) {
            throw lost("it is empty");
        } else if (attributes.isRegularFile() && attributes.size() < SMALLEST_DATABASE) {
            throw new StoreException(Reason.FOREIGN, this + " is not a store of prefixes", null);
        }
    }

    private StoreException lost(String how) {
        return new StoreException(
                Reason.CORRUPT,
                this + " is damaged: " + how + "; if no prefix was delegated from it, remove it and "
                        + PrintableText.of(journal(path).toString())
                        + ", otherwise give the node a new prefix as well",
                null);
    }

    /** Notes the file that has been opened. */
    void opened(Path place) {
        note(place, null);
    }

    /** Requires that the file is the one that was opened, and that nothing else has changed it. */
    void requireUnchanged() {
        InUse before = current();
        try {
            requireSame(before, "write");
            requireSameJournal(before, "write", false);
            if (Files.size(before.place) != before.size) {
                throw failure("write", "it has another size than it had after the last change", null);
            }
        } catch (IOException e) {
            throw failure("write", FileErrorText.reason(e), e);
        }
    }

    /** Notes that this process has changed the file, which must have been the one that was opened until then. */
    void changed() {
        InUse before = current();
        try {
            requireSame(before, "write");
            requireSameJournal(before, "write", false);
            note(before.place, key(journal(before.place)));
        } catch (IOException e) {
            throw failure("write", FileErrorText.reason(e), e);
        }
    }

    private InUse current() {
        return Objects.requireNonNull(inUse, "opened");
    }

    private void note(Path place, @Nullable Object journal) {
        try {
            inUse = new InUse(place, key(place), Files.size(place), journal);
        } catch (IOException e) {
            throw failure("open", FileErrorText.reason(e), e);
        }
    }

    private void requireSame(InUse before, String action) throws IOException {
        Path place = Files.exists(path) ? path.toRealPath() : path;
        if (!before.place.equals(place) || !Objects.equals(before.file, key(place))) {
            throw failure(
                    action,
                    "it was removed or replaced while it was used; nothing is assigned until it is back, or the node"
                            + " is started again with a new prefix",
                    null);
        }
    }

    /**
     * SQLite would go on with a journal that was removed, and a crash in the middle of a change would damage the file.
     *
     * @param mayBeMissing whether the file is about to be opened: SQLite creates a missing journal, but one that is
     *     not of this file would damage it
     */
    private void requireSameJournal(InUse before, String action, boolean mayBeMissing) throws IOException {
        if (before.journal == null) {
            return;
        }
        Object journal = key(journal(before.place));
        if (!before.journal.equals(journal) && (journal != null || !mayBeMissing)) {
            throw failure(action, "its journal was removed or replaced while it was used", null);
        }
    }

    /** {@return what identifies a file, {@code null} if there is none} */
    private static @Nullable Object key(Path file) throws IOException {
        if (!exists(file)) {
            return null;
        }
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return key == null ? attributes.creationTime() : key;
    }

    private StoreException failure(String action, String why, @Nullable Throwable cause) {
        return new StoreException(Reason.UNAVAILABLE, "cannot " + action + " " + this + ": " + why, cause);
    }

    @Override
    public String toString() {
        return PrintableText.of(path.toString());
    }
}
