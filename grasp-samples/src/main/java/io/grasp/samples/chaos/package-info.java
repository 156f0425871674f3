/** Random ASAs for random networks with random faults: a workload that tests the engine itself. */
@NullMarked
package io.grasp.samples.chaos;

import org.jspecify.annotations.NullMarked;
