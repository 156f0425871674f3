/** Rapid mode: discoveries that are requests as well (RFC 8990 sections 2.5.4.5, 2.5.5.1 and 2.5.6.3). */
@NullMarked
package io.grasp.engine.rapid;

import org.jspecify.annotations.NullMarked;
