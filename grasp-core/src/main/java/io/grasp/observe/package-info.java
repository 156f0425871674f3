/**
 * What an observer sees of a node: messages, drops, sessions, caches and links (RFC 8990 leaves this to
 * implementations).
 */
@NullMarked
package io.grasp.observe;

import org.jspecify.annotations.NullMarked;
