/**
 * A substrate that protects itself and needs neither multicast nor any protection below: each neighbor is a mutually
 * authenticated TLS connection. See docs/overlay.md.
 */
@NullMarked
package io.grasp.substrate.netty.overlay;

import org.jspecify.annotations.NullMarked;
