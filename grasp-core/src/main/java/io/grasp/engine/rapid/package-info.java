/** Rapid mode: discoveries that also carry a request (RFC 8990 sections 2.5.4.5, 2.5.5.1 and 2.5.6.3). */
@NullMarked
package io.grasp.engine.rapid;

import org.jspecify.annotations.NullMarked;
