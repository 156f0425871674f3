/** What happened on a simulated network: the events as lines of text, as a hash that compares runs, and as a chart. */
@NullMarked
package io.grasp.simulation.trace;

import org.jspecify.annotations.NullMarked;
