/** JMH benchmarks, each with its ceiling. */
@NullMarked
package io.grasp.benchmarks;

import org.jspecify.annotations.NullMarked;
