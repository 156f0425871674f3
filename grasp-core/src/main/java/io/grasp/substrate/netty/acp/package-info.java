/**
 * GRASP in an Autonomic Control Plane whose secure channels are interfaces of this host (RFC 8994 section 6.9.2): plain
 * TCP to the neighbors of each interface instead of multicasts, and TLS between ACP addresses.
 */
@NullMarked
package io.grasp.substrate.netty.acp;

import org.jspecify.annotations.NullMarked;
