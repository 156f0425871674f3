/** How a network of thousands of nodes in one JVM behaves, and what it costs. */
@NullMarked
package io.grasp.samples.scale;

import org.jspecify.annotations.NullMarked;
