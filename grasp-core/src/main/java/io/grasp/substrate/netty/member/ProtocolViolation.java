package io.grasp.substrate.netty.member;

import java.io.IOException;

/** A peer has sent something that the protocol between members does not permit. */
final class ProtocolViolation extends IOException {
    private static final long serialVersionUID = 1L;

    ProtocolViolation(String what) {
        super(what);
    }
}
