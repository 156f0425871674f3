/**
 * What happened on a simulated network, for people: as lines, as a hash to compare runs by, and as a sequence chart.
 */
@NullMarked
package io.grasp.simulation;

import org.jspecify.annotations.NullMarked;
