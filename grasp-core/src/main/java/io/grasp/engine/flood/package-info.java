/** Flooding: initiator, cache and relay (RFC 8990 section 2.5.6.2). */
@NullMarked
package io.grasp.engine.flood;

import org.jspecify.annotations.NullMarked;
