package io.grasp.substrate.netty.quads;

import java.io.IOException;

/** A key file is not one, or received bytes are not encrypted with this node's key. */
public final class QuadsException extends IOException {
    private static final long serialVersionUID = 1L;

    QuadsException(String message) {
        super(message);
    }
}
