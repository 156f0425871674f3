/** Unicast synchronization in both roles (RFC 8990 section 2.5.6.1). */
@NullMarked
package io.grasp.engine.synchronization;

import org.jspecify.annotations.NullMarked;
