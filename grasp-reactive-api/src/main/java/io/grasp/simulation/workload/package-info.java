/**
 * ASAs for simulations that are described in files: {@link io.grasp.simulation.workload.Workload} is what an author
 * implements, and {@code grasp simulate FILE} runs.
 */
@NullMarked
package io.grasp.simulation.workload;

import org.jspecify.annotations.NullMarked;
