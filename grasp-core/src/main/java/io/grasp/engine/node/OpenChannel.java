package io.grasp.engine.node;

/** A channel that must be closed when the node is closed, or when the links lose their protection. */
public interface OpenChannel {
    void close();
}
