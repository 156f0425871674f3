/** Stable storage for a pool of prefixes: the interface, a file, and memory that outlives a simulated crash. */
@NullMarked
package io.grasp.samples.prefix.store;

import org.jspecify.annotations.NullMarked;
