/**
 * Connections between the members of a domain: mutually authenticated TLS, one connection for each pair of nodes with
 * streams as sessions, or a connection a session with peers that have no streams. Substrates that protect themselves
 * are built on it.
 */
@NullMarked
package io.grasp.substrate.netty.member;

import org.jspecify.annotations.NullMarked;
