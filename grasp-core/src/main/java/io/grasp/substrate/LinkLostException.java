package io.grasp.substrate;

import java.io.IOException;

/** Why a connection ended, or was not opened: the link that it ran over, or this node's address on it, is no more. */
public final class LinkLostException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure of one connection.
     *
     * @param what what is no more, in a phrase
     */
    public LinkLostException(String what) {
        super(what);
    }
}
