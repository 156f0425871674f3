/** Messages and options that RFC 8990 leaves to later documents. */
@NullMarked
package io.grasp.engine.extension;

import org.jspecify.annotations.NullMarked;
