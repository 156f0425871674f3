package io.grasp.samples.transfer;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * An open file that may be closed on another thread at any time, also while it is being opened: a transfer can be
 * cancelled then.
 */
final class FileHandle {
    private volatile @Nullable SeekableByteChannel channel;
    private volatile boolean closed;

    /** Holds a channel that has just been opened, and closes it if the handle has been closed in the meantime. */
    void hold(SeekableByteChannel opened) throws IOException {
        channel = opened;
        if (closed) {
            opened.close();
            throw new ClosedChannelException();
        }
    }

    SeekableByteChannel channel() throws IOException {
        SeekableByteChannel held = channel;
        if (held == null) {
            throw new ClosedChannelException();
        }
        return held;
    }

    boolean isOpen() {
        SeekableByteChannel held = channel;
        return held != null && held.isOpen();
    }

    void close() throws IOException {
        closed = true;
        SeekableByteChannel held = channel;
        if (held != null) {
            held.close();
        }
    }
}
