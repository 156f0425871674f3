/** Load on real sockets, with the ceilings in the same run; growth on the simulated network; the command line. */
@NullMarked
package io.grasp.benchmarks.load;

import org.jspecify.annotations.NullMarked;
