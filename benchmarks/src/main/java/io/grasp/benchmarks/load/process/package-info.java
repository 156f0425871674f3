/** The processes of the load tests: one for each implementation, pairs of them over a veth link, network namespaces. */
@NullMarked
package io.grasp.benchmarks.load.process;

import org.jspecify.annotations.NullMarked;
