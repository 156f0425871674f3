package io.grasp.security;

/** A node's part in a TLS handshake. */
public enum TlsRole {
    /** It connects. */
    CLIENT,

    /** It accepts connections. */
    SERVER
}
