package io.grasp.samples.transfer;

import io.grasp.model.ObjectiveValue;
import io.grasp.samples.transfer.TransferMessages.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file that a peer gets, as the items for the raw channel or as the chunks for graspy. Reads the disk; used by one
 * thread at a time, but may be closed by another.
 *
 * <pre>
 *   CHECKING --- the peer's part is read, or it has none --> CONTENT --- all is read --> ENDED
 * </pre>
 */
final class SentFile {
    /** The number of bytes that are read before the peer gets a sign of life. */
    private static final long READ_BEFORE_SIGN = 256L << 20;

    /** The number of chunks that are read in one step. */
    private static final int CHUNKS_AT_ONCE = 8;

    private enum State {
        CHECKING,
        CONTENT,
        ENDED
    }

    private final FileHandle handle = new FileHandle();
    private final Sha256 hash = new Sha256();
    private final byte[] buffer = new byte[TransferMessages.CHUNK_BYTES];
    private volatile State state = State.CHECKING;
    private long size;
    private long offset;
    private long position;
    private volatile long sent;

    /** Opens a file. It is sent with the length that it has now. */
    void open(ServedDirectory directory, FileName name, TransferLimits limits) {
        try {
            SeekableByteChannel channel = directory.open(name);
            handle.hold(channel);
            size = channel.size();
        } catch (IOException e) {
            throw TransferException.unreadable(e);
        }
        limits.require(size);
    }

    /** {@return the next items of a request, empty at the end} */
    List<ObjectiveValue> next(Request request) {
        switch (state) {
            case CHECKING -> {
                if (request.offset() <= size && !check(request)) {
                    return List.of(TransferMessages.WORKING);
                }
                state = State.CONTENT;
                offset = position;
                sent = 0;
                return List.of(TransferMessages.header(size, offset));
            }
            case CONTENT -> {
                List<ObjectiveValue> items = new ArrayList<>();
                while (position < size && items.size() < CHUNKS_AT_ONCE) {
                    items.add(TransferMessages.chunk(read(TransferMessages.CHUNK_BYTES)));
                }
                if (position == size) {
                    state = State.ENDED;
                    items.add(TransferMessages.end(hash.value()));
                }
                return items;
            }
            default -> {
                return List.of();
            }
        }
    }

    /** {@return whether the part that the peer has is read; the position is then its end, or 0 if it differs} */
    private boolean check(Request request) {
        long until = Math.min(request.offset(), position + READ_BEFORE_SIGN);
        while (position < until) {
            read((int) Math.min(TransferMessages.CHUNK_BYTES, until - position));
        }
        if (position < request.offset()) {
            return false;
        }
        if (position > 0 && !MessageDigest.isEqual(hash.value(), request.sha256())) {
            hash.restart();
            seek(0);
        }
        return true;
    }

    private void seek(long to) {
        try {
            handle.channel().position(to);
            position = to;
        } catch (IOException e) {
            throw TransferException.unreadable(e);
        }
    }

    /** {@return the next bytes, fewer than wanted only at the end of the file} */
    byte[] read(int most) {
        int wanted = (int) Math.min(most, size - position);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, wanted);
        try {
            while (bytes.hasRemaining()) {
                if (handle.channel().read(bytes) < 0) {
                    throw new TransferException(
                            TransferException.Reason.UNREADABLE, "The file has become shorter while it was sent");
                }
            }
        } catch (IOException e) {
            throw TransferException.unreadable(e);
        }
        hash.add(buffer, wanted);
        position += wanted;
        sent = position - offset;
        return Arrays.copyOf(buffer, wanted);
    }

    /** {@return whether all items of a request have been read} Called on any thread. */
    boolean isAllRead() {
        return state == State.ENDED;
    }

    /** {@return the number of bytes of the file that have been read for the peer} Called on any thread. */
    long sent() {
        return sent;
    }

    void close() {
        try {
            handle.close();
        } catch (IOException e) {
            // it was only read
        }
    }
}
