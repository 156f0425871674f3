package io.grasp.substrate.netty.mux;

import java.io.IOException;

/** Something was not sent because a bounded queue is full, or because the peer does not take anything of its size. */
public final class MuxOverflowException extends IOException {
    private static final long serialVersionUID = 1L;

    MuxOverflowException(String what) {
        super(what);
    }
}
