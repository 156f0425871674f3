/** JMH benchmarks; each has its ceiling beside it. */
@NullMarked
package io.grasp.benchmarks;

import org.jspecify.annotations.NullMarked;
