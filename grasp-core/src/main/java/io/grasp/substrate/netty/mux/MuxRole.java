package io.grasp.substrate.netty.mux;

/** Which end of the underlying connection a node is. It decides only the numbers of the streams that the node opens. */
public enum MuxRole {
    /** The end that opened the underlying connection; it opens streams with odd numbers. */
    INITIATOR(0),

    /** The end that accepted the underlying connection; it opens streams with even numbers. */
    ACCEPTOR(1);

    private final int code;

    MuxRole(int code) {
        this.code = code;
    }

    /** {@return the number in the preface} */
    int code() {
        return code;
    }

    MuxRole other() {
        return this == INITIATOR ? ACCEPTOR : INITIATOR;
    }
}
