package io.grasp.samples.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being received: {@code .NAME.grasp-part} in the directory of its target, with a hash in place of a
 * name that would be too long then. It is locked, so that one transfer writes
 * it, and gets the name of the target only when it is complete and on the disk. Writes the disk; used by one thread at
 * a time, but may be closed by another.
 */
final class PartialFile {
    private static final String PREFIX = ".";
    private static final String SUFFIX = ".grasp-part";
    private static final int MAX_NAME_BYTES = 255;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MAX_TRIES = 10;

    private final Path target;
    private final Path partial;
    private final boolean replace;
    private final FileHandle handle = new FileHandle();
    private final Sha256 hash = new Sha256();
    private long length;

    /** Whether nothing is left to resume. */
    private volatile boolean finished;

    /**
     * @param target the name that the file gets
     * @param replace whether it may replace a file
     */
    PartialFile(Path target, boolean replace) {
        this.target = target;
        Path name = Objects.requireNonNull(target.getFileName(), "target");
        this.partial = target.resolveSibling(PREFIX + shortened(name.toString()) + SUFFIX);
        this.replace = replace;
    }

    /** The hash instead of a long name is the same at the next attempt. */
    private static String shortened(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (PREFIX.length() + bytes.length + SUFFIX.length() <= MAX_NAME_BYTES) {
            return name;
        }
        Sha256 hash = new Sha256();
        hash.add(bytes, bytes.length);
        return HexFormat.of().formatHex(hash.value());
    }

    /** Opens it, and reads what an earlier attempt has left. */
    void open() {
        requireFree();
        try {
            lock();
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (handle.channel().read(buffer) >= 0) {
                hash.add(buffer.array(), buffer.position());
                length += buffer.position();
                buffer.clear();
            }
        } catch (IOException e) {
            throw TransferException.disk(partial, e);
        }
    }

    private void requireFree() {
        if (Files.isDirectory(target) || !replace && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new TransferException(TransferException.Reason.EXISTS, target + " exists already");
        }
    }

    /** The transfer that holds the lock may move the file before it releases it: then there is another one to open. */
    private void lock() throws IOException {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            try {
                Files.createFile(partial);
            } catch (FileAlreadyExistsException e) {
                // of an earlier attempt, or of another transfer
            }
            Object before = key();
            FileChannel channel = before == null ? null : openAndLock();
            if (channel != null && Objects.equals(before, key())) {
                handle.hold(channel);
                return;
            } else if (channel != null) {
                channel.close();
            }
        }
        throw inProgress();
    }

    private @Nullable FileChannel openAndLock() throws IOException {
        FileChannel channel = FileChannel.open(
                partial, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // held by this process
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw inProgress();
        }
        return channel;
    }

    private TransferException inProgress() {
        return new TransferException(
                TransferException.Reason.IN_PROGRESS, "Another transfer is writing " + partial + " now");
    }

    /** {@return what identifies the file, {@code null} if there is none} */
    private @Nullable Object key() throws IOException {
        if (!Files.exists(partial, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        BasicFileAttributes attributes =
                Files.readAttributes(partial, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) { // reading a pipe would wait for its writer
            throw new TransferException(
                    TransferException.Reason.DISK, "Cannot write " + partial + ": it is not a regular file");
        }
        Object key = attributes.fileKey();
        return key == null ? attributes.creationTime() : key;
    }

    /** {@return the number of bytes that have been written} */
    long length() {
        return length;
    }

    /** {@return the hash of these bytes} */
    byte[] sha256() {
        return hash.value();
    }

    /** Requires room for a file of this length. */
    void requireRoom(long size) {
        try {
            long free = Files.getFileStore(partial).getUsableSpace();
            if (size - length > free) {
                throw new TransferException(
                        TransferException.Reason.DISK,
                        "Cannot write " + partial + ": " + (size - length) + " bytes are to come, and the disk has "
                                + free + " free");
            }
        } catch (IOException e) {
            throw TransferException.disk(partial, e);
        }
    }

    /** Drops these bytes. */
    void restart() {
        try {
            handle.channel().truncate(0);
            length = 0;
            hash.restart();
        } catch (IOException e) {
            throw TransferException.disk(partial, e);
        }
    }

    void write(byte[] bytes) {
        try {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                handle.channel().write(rest);
            }
            hash.add(bytes, bytes.length);
            length += bytes.length;
        } catch (IOException e) {
            throw TransferException.disk(partial, e);
        }
    }

    /**
     * Gives the file its name, when its content is on the disk.
     *
     * @param expected the hash of the content, {@code null} if the peer has sent none
     * @return the hash in hexadecimal
     */
    String finish(byte @Nullable [] expected) {
        byte[] actual = hash.value();
        if (expected != null && !MessageDigest.isEqual(expected, actual)) {
            discard();
            throw new TransferException(
                    TransferException.Reason.CORRUPT,
                    "The received bytes are not those that were sent: their SHA-256 differs");
        }
        try {
            ((FileChannel) handle.channel()).force(true);
            requireFree();
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            finished = true;
        } catch (IOException e) {
            throw TransferException.disk(target, e);
        }
        return HexFormat.of().formatHex(actual);
    }

    /** {@return whether nothing is left to resume: the file has its name, or was discarded} */
    boolean isFinished() {
        return finished;
    }

    /** Deletes it: it cannot be resumed. */
    void discard() {
        try {
            finished = true;
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw TransferException.disk(partial, e);
        }
    }

    /** Closes it. What has been received stays, to be resumed later. */
    void close() {
        try {
            if (!finished && handle.isOpen() && handle.channel().size() == 0) {
                Files.deleteIfExists(partial);
            }
            handle.close();
        } catch (IOException e) {
            throw TransferException.disk(partial, e);
        }
    }
}
