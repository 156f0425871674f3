/** A substrate without a network, to see what the engine costs by itself. */
@NullMarked
package io.grasp.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
