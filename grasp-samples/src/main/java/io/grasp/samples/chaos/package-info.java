/** Random networks, faults and ASAs: what no single test thought of, the same every time for the same seed. */
@NullMarked
package io.grasp.samples.chaos;

import org.jspecify.annotations.NullMarked;
