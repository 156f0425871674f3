/** The work that each implementation does: sessions, discoveries and floods, and the results of a run. */
@NullMarked
package io.grasp.benchmarks.load.workload;

import org.jspecify.annotations.NullMarked;
