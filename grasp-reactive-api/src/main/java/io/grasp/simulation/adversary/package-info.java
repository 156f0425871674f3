/**
 * Malicious nodes for simulated networks: what a broken or hostile neighbor sends, at a given rate and from a seed, so
 * that ASAs and the engine can be tested beside it. Start at {@link io.grasp.simulation.adversary.Adversary}.
 */
@NullMarked
package io.grasp.simulation.adversary;

import org.jspecify.annotations.NullMarked;
