/**
 * The load tests and their command line: load on real sockets, and growth in the number of objects. A <i>ceiling</i> is
 * an implementation that does the same work with bare Netty or Reactor Netty, and is measured in the same run.
 */
@NullMarked
package io.grasp.benchmarks.load;

import org.jspecify.annotations.NullMarked;
