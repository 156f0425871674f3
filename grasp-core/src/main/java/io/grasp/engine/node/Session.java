package io.grasp.engine.node;

/** Something under way with a peer, which must not be where nothing protects the links (RFC 8990 section 2.5.1). */
public interface Session extends Terminable {}
