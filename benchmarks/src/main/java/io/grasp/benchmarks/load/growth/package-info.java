/** How the time of a step and the heap grow with the number of sessions and objects. */
@NullMarked
package io.grasp.benchmarks.load.growth;

import org.jspecify.annotations.NullMarked;
