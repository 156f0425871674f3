package io.grasp.substrate.netty.mux;

import java.io.IOException;

/** The peer has aborted or refused a stream. */
public final class MuxResetException extends IOException {
    private static final long serialVersionUID = 1L;

    MuxResetException(String what) {
        super(what);
    }
}
