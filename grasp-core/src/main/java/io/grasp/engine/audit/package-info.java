/** Counts what a node refuses by neighbor and reason, and reports it at a bounded rate. */
@NullMarked
package io.grasp.engine.audit;

import org.jspecify.annotations.NullMarked;
