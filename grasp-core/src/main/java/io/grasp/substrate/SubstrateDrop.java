package io.grasp.substrate;

/** The reason why a substrate dropped something before the engine could see it. */
public enum SubstrateDrop {
    /** A link message longer than the substrate accepts. */
    MESSAGE_TOO_LONG,

    /** A connection of a peer, opened when the substrate already had its maximum. */
    TOO_MANY_CONNECTIONS,

    /** A connection of a peer, opened when the process had only those file descriptors left that it needs itself. */
    FEW_DESCRIPTORS,

    /** A connection to an address of this host at which peers are not {@linkplain SubstrateListener#serves served}. */
    NOT_SERVED,

    /** A link message or a connection with bytes that are not encrypted with the key that the nodes share. */
    UNDECRYPTABLE
}
