package io.grasp.model;

/** Why a connection with a peer was not accepted, or was ended, by a substrate that authenticates its peers. */
public enum PeerRefusal {
    /** The peer has shown no certificate. */
    NO_CERTIFICATE,
    /** No path leads from the peer's certificate to a trust anchor of this node. */
    UNTRUSTED,
    /** A certificate of the peer's path has expired. */
    EXPIRED,
    /** A certificate of the peer's path is not valid yet, or this node's clock is wrong. */
    NOT_YET_VALID,
    /** A certificate of the peer's path has been revoked. */
    REVOKED,
    /** The peer's certificate has no acp-node-name, or one that is not well-formed. */
    NO_NODE_NAME,
    /** The peer is a member of another domain. */
    OTHER_DOMAIN,
    /** A key of the peer's path is weaker than RFC 8994 section 6.2.1 permits, or was signed with a weak hash. */
    WEAK_KEY,
    /** The peer uses no TLS version or cipher suite that RFC 8994 section 6.1 permits. */
    TLS_VERSION,
    /** The peer has sent something that is not TLS. */
    NOT_TLS,
    /** The peer has not completed the TLS handshake in time. */
    HANDSHAKE_TIMEOUT,
    /** The peer has closed or reset the connection during the TLS handshake. */
    HANDSHAKE_ABORTED,
    /** The peer has refused this node, with a TLS alert. */
    REFUSED_BY_PEER,
    /** Too many handshakes were under way. The peer's did not begin, or gave its place to another. */
    TOO_MANY_HANDSHAKES,
    /** This node has as many neighbors as it may have, or has found more than it tries to connect to. */
    TOO_MANY_NEIGHBORS,
    /** The peer has violated the protocol of the connection. */
    PROTOCOL_VIOLATION,
    /** Anything else that TLS reports. */
    TLS_FAILURE
}
