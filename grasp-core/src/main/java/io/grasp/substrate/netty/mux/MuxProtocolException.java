package io.grasp.substrate.netty.mux;

import java.io.IOException;

/** The peer has violated the wire format, so that its connection had to end. */
public final class MuxProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    private final MuxViolation violation;

    MuxProtocolException(MuxViolation violation, String what) {
        super(what);
        this.violation = violation;
    }

    /** {@return the kind of violation} */
    public MuxViolation violation() {
        return violation;
    }
}
