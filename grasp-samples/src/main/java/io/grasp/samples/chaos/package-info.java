/** Random ASAs for random networks with random faults: the workload that tries the engine itself. */
@NullMarked
package io.grasp.samples.chaos;

import org.jspecify.annotations.NullMarked;
