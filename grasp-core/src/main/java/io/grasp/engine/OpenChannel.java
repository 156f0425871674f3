package io.grasp.engine;

/** A channel that must be closed when the node is, or when nothing protects the links any more. */
interface OpenChannel {
    void close();
}
