/** A substrate without a network, to measure the engine alone. */
@NullMarked
package io.grasp.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
