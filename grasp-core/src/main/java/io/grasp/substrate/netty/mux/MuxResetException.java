package io.grasp.substrate.netty.mux;

import java.io.IOException;

/** The peer has aborted or refused a stream. */
public final class MuxResetException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean unprocessed;

    MuxResetException(String what, boolean unprocessed) {
        super(what);
        this.unprocessed = unprocessed;
    }

    /** {@return whether the peer has processed nothing of the stream, so that it may be opened again elsewhere} */
    public boolean isUnprocessed() {
        return unprocessed;
    }
}
