/**
 * Prefix management (RFC 8992): prefixes, and the values of the objectives PrefixManager and PrefixManager.Params.
 *
 * <p>{@link io.grasp.samples.prefix.pool} manages a node's prefixes, {@link io.grasp.samples.prefix.store} keeps them
 * on stable storage, and {@link io.grasp.samples.prefix.invariant} checks that no prefix is used twice or lost.
 */
@NullMarked
package io.grasp.samples.prefix;

import org.jspecify.annotations.NullMarked;
