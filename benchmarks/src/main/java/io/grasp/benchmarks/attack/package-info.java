/** Hostile neighbors, and the traffic next to them, for nodes in network namespaces. */
@NullMarked
package io.grasp.benchmarks.attack;

import org.jspecify.annotations.NullMarked;
