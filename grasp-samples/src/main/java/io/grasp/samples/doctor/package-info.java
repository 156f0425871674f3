/** Finds out why nothing answers: what can be wrong with a host, its links and its neighbors, each check apart. */
@NullMarked
package io.grasp.samples.doctor;

import org.jspecify.annotations.NullMarked;
