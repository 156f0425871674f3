/**
 * Simulations that a file describes: topology, link conditions, events, adversaries and the workload of ASAs, with
 * varied parameters, and results as tables and plots.
 */
@NullMarked
package io.grasp.samples.scenario;

import org.jspecify.annotations.NullMarked;
