/** Measures how a network of thousands of nodes behaves in one JVM, and its cost. */
@NullMarked
package io.grasp.samples.scale;

import org.jspecify.annotations.NullMarked;
