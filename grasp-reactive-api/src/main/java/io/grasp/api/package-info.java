/**
 * The API of RFC 8991 with Mono and Flux. Every signal comes on the node's loop, which must not be blocked: use
 * {@code publishOn} to move work off it; {@code block()} on it fails. Nothing happens before a subscription.
 *
 * <p>A {@code Duration} is what it says. Timeouts, times to live and periods must be above zero: {@code Duration.ZERO}
 * is refused with an {@link IllegalArgumentException}, and means neither the default, nor a time without end. Where no
 * time at all makes sense, zero means that: {@link io.grasp.api.Negotiation#waitFor} with zero ends an earlier wait.
 * For the default, omit the time; a time without end has a method or constant of its own, such as
 * {@link io.grasp.api.FloodOptions#indefinite}.
 */
@NullMarked
package io.grasp.api;

import org.jspecify.annotations.NullMarked;
