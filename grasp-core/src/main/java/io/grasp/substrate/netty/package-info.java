/**
 * The substrate of a real network: UDP multicast on each link and TCP to each peer, over Netty's NIO channels on one
 * event loop. Only this package uses Netty's buffers; none leaves it.
 */
@NullMarked
package io.grasp.substrate.netty;

import org.jspecify.annotations.NullMarked;
