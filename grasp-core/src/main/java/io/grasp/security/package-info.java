/**
 * A node's identity, the check that its peers are members of its domain, and what members may do (RFC 8994 section
 * 6.2).
 */
@NullMarked
package io.grasp.security;

import org.jspecify.annotations.NullMarked;
