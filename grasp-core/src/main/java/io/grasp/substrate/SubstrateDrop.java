package io.grasp.substrate;

/** Something that a substrate dropped before the engine could see it. */
public enum SubstrateDrop {
    /** A link message longer than the substrate takes. */
    MESSAGE_TOO_LONG,

    /** A connection of a peer, when there were as many as the substrate takes. */
    TOO_MANY_CONNECTIONS,

    /** A connection to an address of this host at which peers are not {@linkplain SubstrateListener#serves served}. */
    NOT_SERVED
}
