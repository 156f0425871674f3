/** Shares of this node's memory, places and rates, first between links and then between the sources on each link. */
@NullMarked
package io.grasp.engine.fairness;

import org.jspecify.annotations.NullMarked;
