/**
 * The API of RFC 8991 with Mono and Flux. Every signal comes on the node's loop, which must not be blocked: use
 * {@code publishOn} to move work off it; {@code block()} on it fails. Nothing happens before a subscription.
 */
@NullMarked
package io.grasp.api;

import org.jspecify.annotations.NullMarked;
