/**
 * QUADS, the encryption of the Python implementation graspy: AES-256-CBC with one key and one initialization vector for
 * all messages of all nodes. It has no integrity and no protection against replay, and exists here only for meeting
 * encrypted graspy nodes.
 */
@NullMarked
package io.grasp.substrate.netty.quads;

import org.jspecify.annotations.NullMarked;
