/** JMH benchmarks. A ceiling is a benchmark of the work that cannot be avoided, for comparison. */
@NullMarked
package io.grasp.benchmarks;

import org.jspecify.annotations.NullMarked;
