/**
 * A simulated network of links and nodes in memory, and loops whose time a test controls. Nothing here reads a wall
 * clock or keeps global state: the same seed and the same calls give the same run.
 */
@NullMarked
package io.grasp.substrate.sim;

import org.jspecify.annotations.NullMarked;
