/**
 * Runs ASAs on random networks with random faults. One seed determines a run, so that a failure can be repeated. Start
 * at {@link io.grasp.simulation.chaos.Chaos}.
 */
@NullMarked
package io.grasp.simulation.chaos;

import org.jspecify.annotations.NullMarked;
