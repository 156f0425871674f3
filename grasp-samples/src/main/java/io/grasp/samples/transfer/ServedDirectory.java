package io.grasp.samples.transfer;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.List;
import java.util.Set;

/**
 * A directory whose regular files peers may read, with those in the directories below it. Nothing outside of it can be
 * read: each part of a name is opened relative to the directory above, and symbolic links are not followed. Devices and
 * pipes are not opened, because reading could wait for them. Java cannot check the kind of a file and open it in one
 * step: a local user with permission to write in the directory can replace a file by a pipe between the two, and so
 * hold the thread that opens it.
 */
public final class ServedDirectory {
    private final Path root;

    private ServedDirectory(Path root) {
        this.root = root;
    }

    /**
     * Checks that a directory can be served. Reads the disk, so it must not be called on a node's loop.
     *
     * @param directory the directory; it may itself be a symbolic link
     * @return the served directory
     * @throws IOException if it does not exist, cannot be read, or is in a file system that opens no files relative to
     *     a directory
     */
    public static ServedDirectory of(Path directory) throws IOException {
        ServedDirectory served = new ServedDirectory(directory.toRealPath());
        served.openRoot().close();
        return served;
    }

    @SuppressWarnings("StreamResourceLeak") // the caller closes it
    private SecureDirectoryStream<Path> openRoot() throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root.toString());
        }
        DirectoryStream<Path> opened = Files.newDirectoryStream(root);
        if (opened instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        opened.close();
        throw new IOException("its file system opens no files relative to a directory");
    }

    /**
     * Opens a file for reading.
     *
     * @throws TransferException with {@link TransferException.Reason#NO_FILE} if there is no such regular file; the
     *     text is the same for all reasons, so that it says nothing about what is outside of the directory
     */
    SeekableByteChannel open(FileName name) {
        try (SecureDirectoryStream<Path> top = openRoot()) {
            return open(top, name.parts());
        } catch (IOException | InvalidPathException e) {
            throw noFile();
        }
    }

    private SeekableByteChannel open(SecureDirectoryStream<Path> directory, List<String> parts) throws IOException {
        Path first = root.getFileSystem().getPath(parts.get(0));
        if (parts.size() > 1) {
            try (SecureDirectoryStream<Path> below = directory.newDirectoryStream(first, LinkOption.NOFOLLOW_LINKS)) {
                return open(below, parts.subList(1, parts.size()));
            }
        }
        boolean isFile = directory
                .getFileAttributeView(first, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isRegularFile();
        if (!isFile) {
            throw noFile();
        }
        return directory.newByteChannel(first, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    private static TransferException noFile() {
        return new TransferException(TransferException.Reason.NO_FILE, "No such file");
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
