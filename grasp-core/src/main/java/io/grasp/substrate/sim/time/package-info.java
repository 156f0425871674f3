/**
 * The time of a simulated network: what is to happen, the loops and clocks of its nodes, and random decisions. Not for
 * users.
 */
@NullMarked
package io.grasp.substrate.sim.time;

import org.jspecify.annotations.NullMarked;
