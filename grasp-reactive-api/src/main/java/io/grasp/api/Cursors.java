package io.grasp.api;

import io.grasp.engine.node.PageRange;
import io.grasp.engine.node.PageRange.Slice;
import io.grasp.inspection.InvalidCursorException;
import io.grasp.inspection.InvalidCursorException.Reason;
import io.grasp.inspection.Page;
import io.grasp.inspection.PageRequest;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;

/**
 * The cursors of the pages of one node: a version, the list, a number that tells nodes and their runs apart, and the
 * number of the last entry, in Base64 for URLs.
 */
final class Cursors {
    private static final byte VERSION = 1;
    private static final int BYTES = 2 + Integer.BYTES + Long.BYTES;

    private final int run;

    /** The lists of a node. */
    enum Kind {
        ASAS(1),
        OBJECTIVES(2),
        DISCOVERIES(3),
        FLOODS(4),
        SESSIONS(5),
        CONNECTIONS(6),
        NEIGHBORS(7),
        LINKS(8);

        private static final int LARGEST = 8;

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /** @param run a random number */
    Cursors(int run) {
        this.run = run;
    }

    /** {@return what a request asks for} It throws {@link InvalidCursorException}. */
    PageRange range(Kind kind, PageRequest request) {
        long after = request.after().isEmpty() ? 0 : read(kind, request.after().get());
        return new PageRange(after, request.size(), request.valueBytes());
    }

    /** {@return the page with these entries} */
    <T> Page<T> page(Kind kind, Slice<T> slice) {
        return new Page<>(slice.entries(), slice.more() ? Optional.of(write(kind, slice.last())) : Optional.empty());
    }

    private String write(Kind kind, long last) {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .put((byte) kind.code)
                .putInt(run)
                .putLong(last)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private long read(Kind kind, String cursor) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
        } catch (IllegalArgumentException e) {
            throw new InvalidCursorException(Reason.MALFORMED);
        }
        if (bytes.remaining() != BYTES || bytes.get() != VERSION) {
            throw new InvalidCursorException(Reason.MALFORMED);
        }
        int list = bytes.get();
        boolean ofThisRun = bytes.getInt() == run;
        long last = bytes.getLong();
        if (list < 1 || list > Kind.LARGEST || last <= 0) {
            throw new InvalidCursorException(Reason.MALFORMED);
        }
        if (!ofThisRun) {
            throw new InvalidCursorException(Reason.OTHER_NODE);
        }
        if (list != kind.code) {
            throw new InvalidCursorException(Reason.OTHER_LIST);
        }
        return last;
    }
}
