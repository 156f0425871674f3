/** Micrometer metrics of a GRASP node. */
@NullMarked
package io.grasp.metrics;

import org.jspecify.annotations.NullMarked;
