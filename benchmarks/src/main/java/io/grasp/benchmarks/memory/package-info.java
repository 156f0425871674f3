/** A substrate without a network, for benchmarks of the engine alone. */
@NullMarked
package io.grasp.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
