package io.grasp.security;

/** A node's part in a TLS handshake. */
public enum TlsRole {
    CLIENT,
    SERVER
}
