package io.grasp.substrate;

/** The reason why a substrate dropped something before the engine could see it. */
public enum SubstrateDrop {
    /** A link message longer than the substrate accepts. */
    MESSAGE_TOO_LONG,

    /** A connection of a peer, opened when the substrate already had its maximum. */
    TOO_MANY_CONNECTIONS,

    /** A connection of a peer, opened when the process had only those file descriptors left that it needs itself. */
    FEW_DESCRIPTORS,

    /**
     * A connection to an address of this host at which peers, or peers with its source, are not
     * {@linkplain SubstrateListener#serves served}.
     */
    NOT_SERVED,

    /** A message on a link that is not a well-formed item of CBOR. The connection that it came on is closed. */
    MALFORMED,

    /** A connection on a link that begins with a TLS handshake, and the link is not protected. It is closed. */
    TLS,

    /** A message on a link whose type the link does not carry. The connection that it came on is closed. */
    WRONG_TYPE,

    /** A message to one neighbor, while as many bytes as may wait for that neighbor were waiting. */
    SLOW_NEIGHBOR,

    /** A link message or a connection with bytes that are not encrypted with the key that the nodes share. */
    UNDECRYPTABLE
}
