/**
 * Streams of one connection, so that a session needs no handshake of its own. The wire format is in
 * docs/multiplexing.md.
 */
@NullMarked
package io.grasp.substrate.netty.mux;

import org.jspecify.annotations.NullMarked;
