package io.grasp.engine.node;

import io.grasp.inspection.ConnectionEntry;

/** A channel that must be closed when the node is closed, or when the links lose their protection. */
public interface OpenChannel extends Numbered {
    void close();

    /** {@return the connection as an operator sees it} */
    ConnectionEntry entry();
}
