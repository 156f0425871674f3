/**
 * The time of a simulated network: the loops of its nodes, their clocks, and the random decisions. Not for users.
 */
@NullMarked
package io.grasp.substrate.sim.time;

import org.jspecify.annotations.NullMarked;
