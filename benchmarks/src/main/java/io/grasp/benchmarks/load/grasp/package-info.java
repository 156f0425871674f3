/** This stack doing the work, through its API. */
@NullMarked
package io.grasp.benchmarks.load.grasp;

import org.jspecify.annotations.NullMarked;
