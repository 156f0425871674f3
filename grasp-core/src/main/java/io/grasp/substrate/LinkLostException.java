package io.grasp.substrate;

import java.io.IOException;

/** A connection ended, or was not opened, because its link or this node's address on the link has gone. */
public final class LinkLostException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure of one connection.
     *
     * @param what what has gone, in a phrase
     */
    public LinkLostException(String what) {
        super(what);
    }
}
