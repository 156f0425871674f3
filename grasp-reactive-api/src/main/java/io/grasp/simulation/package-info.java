/** Whole networks of GRASP nodes in a test, stepped at virtual time from a seed and checked against invariants. */
@NullMarked
package io.grasp.simulation;

import org.jspecify.annotations.NullMarked;
