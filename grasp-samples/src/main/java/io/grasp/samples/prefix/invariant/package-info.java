/** What must hold for all prefix managers of a network together. */
@NullMarked
package io.grasp.samples.prefix.invariant;

import org.jspecify.annotations.NullMarked;
