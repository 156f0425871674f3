package io.grasp.engine.node;

/** A channel that must be closed when the node is, or when nothing protects the links any more. */
public interface OpenChannel {
    void close();
}
