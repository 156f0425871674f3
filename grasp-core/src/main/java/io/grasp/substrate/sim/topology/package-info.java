/** Topologies of simulated networks: which nodes have links to which others, and building them in a network. */
@NullMarked
package io.grasp.substrate.sim.topology;

import org.jspecify.annotations.NullMarked;
